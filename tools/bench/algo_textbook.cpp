// SPDX-License-Identifier: Apache-2.0
// The kernels one finds in tutorials: right everywhere, and what a library has to be better than.
#include <clotho/core/error.hpp>

#include "algo_on_device.hpp"

namespace clotho::bench {
namespace {

constexpr const char* source = R"cl(
__kernel void saxpy(const float a, __global const float* x, __global float* y) {
  const size_t i = get_global_id(0);
  y[i] = a * x[i] + y[i];
}

__kernel void histogram(__global const uchar* x, __global uint* counts) {
  atomic_inc(&counts[x[get_global_id(0)]]);
}

__kernel void transpose(const uint n, __global const float* in, __global float* out) {
  const size_t x = get_global_id(0), y = get_global_id(1);
  out[x * n + y] = in[y * n + x];
}

__kernel void stencil(const uint n, __global const float* in, __global float* out) {
  const size_t i = (get_global_id(1) + 1) * n + get_global_id(0) + 1;
  out[i] = 0.5f * in[i] + 0.125f * (in[i - 1] + in[i + 1] + in[i - n] + in[i + n]);
}

__kernel void n_body(const uint n, const float softening, __global const float4* bodies, __global float4* accelerations) {
  const size_t i = get_global_id(0);
  const float4 own = bodies[i];
  float4 sum = 0;
  for (uint j = 0; j < n; ++j) {
    float4 to = bodies[j] - own;
    const float mass = bodies[j].w;
    to.w = 0;
    const float r = rsqrt(dot(to, to) + softening);
    sum += mass * r * r * r * to;
  }
  accelerations[i] = sum;
}

__kernel void spmv(__global const uint* row_starts, __global const uint* columns, __global const float* values,
                   __global const float* x, __global float* y) {
  const size_t row = get_global_id(0);
  float sum = 0;
  for (uint k = row_starts[row]; k < row_starts[row + 1]; ++k) sum += values[k] * x[columns[k]];
  y[row] = sum;
}

__kernel void sgemm(const uint n, __global const float* a, __global const float* b, __global float* c) {
  const size_t column = get_global_id(0), row = get_global_id(1);
  float sum = 0;
  for (uint k = 0; k < n; ++k) sum += a[row * n + k] * b[k * n + column];
  c[row * n + column] = sum;
}
)cl";

constexpr std::size_t largest_product = 512; // more takes ten seconds and longer

struct work_items {
  raw_kernel kernel;
  std::size_t x = 1, y = 1;
  raw_buffers buffers;
};

void set_argument(const raw_kernel& kernel, cl_uint index, const raw_buffer& value) {
  const cl_mem handle = value.get();
  raw_check(clSetKernelArg(kernel.get(), index, sizeof handle, &handle), "clSetKernelArg");
}
template <class T> void set_argument(const raw_kernel& kernel, cl_uint index, const T& value) {
  raw_check(clSetKernelArg(kernel.get(), index, sizeof value, &value), "clSetKernelArg");
}

class textbook final : public algo_peer {
 public:
  textbook(const device& on, const std::string& suffix)
      : name_("textbook kernel" + suffix), place_(on),
        program_(build_raw_program(place_.context(), place_.device(), source)) {}

  std::string name() const override { return name_; }

  algo_sampler prepare(const algo_case& what) override {
    switch (what.what) {
    case algo::saxpy: return saxpy(what.n);
    case algo::histogram: return histogram(what.n);
    case algo::transpose: return transpose(what.n);
    case algo::stencil: return stencil(what.n);
    case algo::n_body: return n_body(what.n);
    case algo::sgemm: return what.n > largest_product ? algo_sampler() : sgemm(what.n);
    case algo::spmv_banded:
    case algo::spmv_random: return spmv(what);
    default: return {};
    }
  }

 private:
  // A kernel with its arguments: numbers, then buffers.
  template <class... Numbers>
  std::shared_ptr<work_items> items(const char* name, std::size_t x, std::size_t y, raw_buffers buffers,
                                    Numbers... numbers) const {
    const auto made = std::make_shared<work_items>(
        work_items{make_raw_kernel(program_.get(), name), x, y, std::move(buffers)});
    cl_uint index = 0;
    (set_argument(made->kernel, index++, numbers), ...);
    for (const raw_buffer& one : made->buffers) set_argument(made->kernel, index++, one);
    return made;
  }

  void run(const work_items& on) const {
    const std::size_t global[2] = {on.x, on.y};
    raw_check(clEnqueueNDRangeKernel(place_.queue(), on.kernel.get(), 2, nullptr, global, nullptr, 0, nullptr,
                                     nullptr),
              "clEnqueueNDRangeKernel");
    place_.finish();
  }
  algo_sampler sampler(std::shared_ptr<work_items> state) {
    return timed(std::move(state), [this](const work_items& on) { run(on); });
  }
  template <class T> array_of<T> result(const work_items& of, std::size_t n) const {
    return place_.content<T>(of.buffers.back(), n);
  }
  algo_sampler saxpy(std::size_t n) {
    const auto state =
        items("saxpy", n, 1,
              together(place_.buffer_with(eighths<float>(n, 0)), place_.buffer_with(eighths<float>(n, 1))),
              saxpy_factor);
    run(*state);
    check_saxpy(result<float>(*state, n));
    return sampler(state);
  }

  algo_sampler histogram(std::size_t n) {
    const auto input = random_bits<std::uint8_t>(n, 0);
    const auto state =
        items("histogram", n, 1,
              together(place_.buffer_with(input), place_.buffer_with(array_of<std::uint32_t>(256))));
    const auto once = [this](const work_items& on) {
      const cl_uint zero = 0;
      raw_check(clEnqueueFillBuffer(place_.queue(), on.buffers[1].get(), &zero, sizeof zero, 0, 1024, 0,
                                    nullptr, nullptr),
                "clEnqueueFillBuffer");
      run(on);
    };
    once(*state);
    check_histogram(input, result<std::uint32_t>(*state, 256));
    return timed(state, once);
  }

  algo_sampler transpose(std::size_t n) {
    const auto state = items("transpose", n, n, square_and_result(n), static_cast<cl_uint>(n));
    run(*state);
    check_transpose(n, result<float>(*state, n * n));
    return sampler(state);
  }

  algo_sampler stencil(std::size_t n) {
    const auto state = items("stencil", n - 2, n - 2, square_and_result(n), static_cast<cl_uint>(n));
    run(*state);
    check_stencil(n, result<float>(*state, n * n));
    return sampler(state);
  }
  raw_buffers square_and_result(std::size_t n) const {
    return together(place_.buffer_with(eighths<float>(n * n, 0)), place_.buffer(n * n * sizeof(float)));
  }

  algo_sampler n_body(std::size_t n) {
    const bodies of(n);
    array_of<float> packed(4 * n);
    for (std::size_t i = 0; i < n; ++i)
      packed[4 * i] = of.x[i], packed[4 * i + 1] = of.y[i], packed[4 * i + 2] = of.z[i],
                 packed[4 * i + 3] = of.mass[i];
    const auto state = items("n_body", n, 1, together(place_.buffer_with(packed), place_.buffer(16 * n)),
                             static_cast<cl_uint>(n), softening);
    run(*state);
    const auto found = result<float>(*state, 4 * n);
    array_of<float> a[3] = {of.x, of.x, of.x};
    for (std::size_t i = 0; i < 3 * n; ++i) a[i % 3][i / 3] = found[4 * (i / 3) + i % 3];
    check_bodies(of, a[0], a[1], a[2]);
    return sampler(state);
  }

  algo_sampler sgemm(std::size_t n) {
    const auto state =
        items("sgemm", n, n,
              together(place_.buffer_with(eighths<float>(n * n, 0)),
                       place_.buffer_with(eighths<float>(n * n, 1)), place_.buffer(n * n * sizeof(float))),
              static_cast<cl_uint>(n));
    run(*state);
    check_gemm<float>(n, result<float>(*state, n * n));
    return sampler(state);
  }

  algo_sampler spmv(const algo_case& what) {
    const sparse_matrix matrix = matrix_of(what);
    const auto x = eighths<float>(what.n, 1);
    const auto state = items("spmv", what.n, 1,
                             together(place_.buffer_with(matrix.row_starts),
                                      place_.buffer_with(matrix.columns), place_.buffer_with(matrix.values),
                                      place_.buffer_with(x), place_.buffer(what.n * sizeof(float))));
    run(*state);
    check_spmv(matrix, x, result<float>(*state, what.n));
    return sampler(state);
  }

  std::string name_;
  raw_place place_;
  raw_program program_;
};

} // namespace

algo_peer_pointer make_textbook_algo(const device& on, const std::string& suffix) {
  return std::make_unique<textbook>(on, suffix);
}

} // namespace clotho::bench
