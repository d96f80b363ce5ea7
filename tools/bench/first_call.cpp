// SPDX-License-Identifier: Apache-2.0
#include "first_call.hpp"

#include <array>
#include <chrono>
#include <complex>
#include <cstdint>
#include <numeric>

#include <clotho/clotho.hpp>

#include "race.hpp"

namespace clotho::bench {
namespace {

constexpr std::size_t side = 300, count = side * side; // several tiles, and no multiple of them

struct data {
  runtime rt;
  buffer<float> x{rt, std::vector<float>(count, 1)}, y{rt, count}, z{rt, count};
  buffer<float> filter{rt, std::vector<float>(5, 0.2f)};
  buffer<std::uint32_t> keys{rt, count}, counts{rt, 256}, starts{rt, side + 1};
  buffer<std::uint8_t> bytes{rt, std::vector<std::uint8_t>(count, 7)};
  buffer<std::complex<float>> waves{rt, std::vector<std::complex<float>>(count, 1)};

  data() {
    std::vector<std::uint32_t> numbers(count), rows(side + 1);
    std::iota(numbers.rbegin(), numbers.rend(), 0u);
    for (std::size_t r = 0; r <= side; ++r) rows[r] = static_cast<std::uint32_t>(r * side);
    for (std::size_t i = 0; i < count; ++i) numbers[i] %= side; // columns of a matrix, too
    rt.write(keys, numbers).get();
    rt.write(starts, rows).get();
  }
};

struct call {
  const char* name;
  void (*run)(data&);
};

constexpr auto plain = matrix_op::none;
constexpr std::array weights{0.1f, 0.2f, 0.4f, 0.2f, 0.1f};
constexpr rows_and_columns square{side, side};

void fused(data& d) {
  const array<float> a(d.rt, d.x, layout(extents(count))), b(d.rt, d.y, layout(extents(count)));
  array<float> z(d.rt, d.z, layout(extents(count)));
  z.assign(2.0f * a + b).get();
}

void multiply_sparse(data& d) {
  const csr matrix(side, side, d.starts, d.keys, d.x);
  spmv(d.rt, matrix, d.y.slice(0, side), d.z.slice(0, side)).get();
}

void attract(data& d) {
  const auto part = [](const buffer<float>& all, std::size_t i) { return all.slice(i * 1024, 1024); };
  accelerations(d.rt, part(d.x, 0), part(d.x, 1), part(d.x, 2), part(d.x, 3), part(d.y, 0), part(d.y, 1),
                part(d.y, 2), 0.1)
      .get();
}

void draw(data& d) {
  random_stream stream(1);
  fill_uniform(d.rt, d.y, stream).get();
}

constexpr std::array<call, 17> calls = {{
    {"fused expression", fused},
    {"reduce", [](data& d) { (void)reduce(d.rt, d.x).get(); }},
    {"argmax", [](data& d) { (void)argmax(d.rt, d.x).get(); }},
    {"scan", [](data& d) { exclusive_scan(d.rt, d.x, d.y).get(); }},
    {"sort", [](data& d) { sort(d.rt, d.keys).get(); }},
    {"top_k", [](data& d) { top_k(d.rt, d.x, d.y.slice(0, 10)).get(); }},
    {"copy_if", [](data& d) { (void)copy_if(d.rt, d.x, "x > 0", d.y).get(); }},
    {"histogram", [](data& d) { histogram(d.rt, d.bytes, d.counts).get(); }},
    {"gemm",
     [](data& d) {
       gemm(d.rt, plain, plain, side, side, side, 1, d.x, side, d.y, side, 0, d.z, side).get();
     }},
    {"gemv",
     [](data& d) {
       gemv(d.rt, plain, side, side, 1, d.x, side, d.y.slice(0, side), 1, 0, d.z.slice(0, side), 1).get();
     }},
    {"transpose", [](data& d) { transpose(d.rt, side, side, d.x, d.y).get(); }},
    {"spmv", multiply_sparse},
    {"stencil", [](data& d) { stencil(d.rt, side, side, weights, d.x, d.y).get(); }},
    {"separable convolution",
     [](data& d) { convolve_separable(d.rt, square, d.x, d.filter, d.filter, d.y).get(); }},
    {"n-body", attract},
    {"uniform numbers", draw},
    {"fft", [](data& d) { fft_plan<float>(d.rt, {count}).forward(d.waves, d.waves).get(); }},
}};

// So that what follows does not pay for the driver's compiler waking up.
void build_something(const runtime& rt) {
  const buffer<float> x(rt, 64);
  elementwise(rt, "float* x", "x[i] = i")(x).get();
}

} // namespace

std::vector<std::string> first_calls() {
  std::vector<std::string> names;
  for (const call& one : calls) names.emplace_back(one.name);
  return names;
}

double first_call_sample(const std::string& name) {
  data d;
  build_something(d.rt);
  const auto begin = std::chrono::steady_clock::now();
  for (const call& one : calls)
    if (name == one.name) one.run(d);
  return seconds_since(begin);
}

} // namespace clotho::bench
