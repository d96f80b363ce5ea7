// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>
#include <vector>

#include "flow_peer.hpp"
#include "raw_opencl.hpp"

namespace clotho::bench {

const char* const flow_source = R"cl(
__kernel void none() {}
__kernel void add_one(__global uint* counter) { counter[0] += 1; }
__kernel void saxpy(__global float* y, __global const float* x, const float a) {
  const size_t i = get_global_id(0);
  y[i] += a * x[i];
}
)cl";

namespace {

class raw_kernels final : public kernel_peer {
 public:
  raw_kernels(const device& on, std::string name)
      : name_(std::move(name)), device_(native::handle(on)), largest_group_(on.info().max_work_group_size) {
    write(counter_.get(), std::vector<cl_uint>(1));
    set_argument(add_one_, 0, counter_.get());
  }

  std::string name() const override { return name_; }

  double launch_and_wait(std::size_t launches) override {
    return time_each(launches, [this](std::size_t) { enqueue(none_), finish(); });
  }

  double chain(std::size_t launches) override {
    const double seconds = timed(launches, [this] { enqueue(add_one_); });
    check("a chain of kernels", launches);
    return seconds;
  }

  double alternate(std::size_t pairs) override {
    const std::size_t before = host_steps_;
    const double seconds = timed(pairs, [this] {
      enqueue(add_one_), finish();
      host_steps_ = host_steps_ + 1;
    });
    check("kernels and host steps in turn", pairs);
    check_result("host steps", host_steps_ - before, pairs);
    return seconds;
  }

  double saxpy(std::size_t elements) override {
    vectors& on = vectors_of(elements);
    const std::size_t launches = saxpy_launches(elements);
    const double seconds = timed(launches, [&] { enqueue(on.saxpy, elements, on.local); });
    on.done.expect(launches);
    std::vector<float> found(elements);
    read(on.y.get(), found);
    on.done.check(found);
    return seconds;
  }

  double read_back(std::size_t words) override {
    if (read_.size() != words) prepare_reads(words);
    const double seconds =
        time_each(reads, [this](std::size_t) { enqueue(add_to_large_), read(large_.get(), read_); });
    read_backs_.expect(reads);
    read_backs_.check("a buffer that was read", read_[0]);
    return seconds;
  }

 private:
  struct vectors {
    raw_buffer x, y;
    raw_kernel saxpy; // one for each pair of buffers, as arguments stay
    std::size_t local = 1;
    counted_in_floats done{};
  };

  template <class Body> double timed(std::size_t n, const Body& body) {
    return time_each(
        n, [&](std::size_t) { body(); }, [this] { finish(); });
  }

  void enqueue(const raw_kernel& kernel, std::size_t global = 1, std::size_t local = 1) {
    raw_check(
        clEnqueueNDRangeKernel(queue_.get(), kernel.get(), 1, nullptr, &global, &local, 0, nullptr, nullptr),
        "clEnqueueNDRangeKernel");
  }
  void finish() { raw_check(clFinish(queue_.get()), "clFinish"); }
  template <class T> static void set_argument(const raw_kernel& kernel, cl_uint index, const T& value) {
    raw_check(clSetKernelArg(kernel.get(), index, sizeof value, &value), "clSetKernelArg");
  }
  template <class T> void write(cl_mem to, const std::vector<T>& from) {
    raw_check(clEnqueueWriteBuffer(queue_.get(), to, CL_TRUE, 0, from.size() * sizeof(T), from.data(), 0,
                                   nullptr, nullptr),
              "clEnqueueWriteBuffer");
  }
  template <class T> void read(cl_mem from, std::vector<T>& to) {
    raw_check(clEnqueueReadBuffer(queue_.get(), from, CL_TRUE, 0, to.size() * sizeof(T), to.data(), 0,
                                  nullptr, nullptr),
              "clEnqueueReadBuffer");
  }
  raw_kernel kernel(const char* name) const { return make_raw_kernel(program_.get(), name); }
  raw_buffer buffer(std::size_t words) const {
    return make_raw_buffer(context_.get(), words * sizeof(cl_uint));
  }

  void check(const char* what, std::size_t more) {
    std::vector<cl_uint> found(1);
    read(counter_.get(), found);
    additions_.expect(more);
    additions_.check(what, found[0]);
  }

  void prepare_reads(std::size_t words) {
    large_ = buffer(words);
    read_.assign(words, 0);
    read_backs_ = {};
    write(large_.get(), read_);
    set_argument(add_to_large_, 0, large_.get());
  }

  vectors& vectors_of(std::size_t elements) {
    const auto known = vectors_.find(elements);
    if (known != vectors_.end()) return known->second;
    vectors made{buffer(elements), buffer(elements), kernel("saxpy")};
    write(made.x.get(), std::vector<float>(elements, 1));
    set_argument(made.saxpy, 0, made.y.get());
    set_argument(made.saxpy, 1, made.x.get());
    set_argument(made.saxpy, 2, cl_float{1});
    made.local = best_local_size(made.saxpy, elements);
    write(made.y.get(), std::vector<float>(elements));
    return vectors_.emplace(elements, std::move(made)).first->second;
  }

  std::size_t best_local_size(const raw_kernel& of, std::size_t elements) {
    std::size_t best = 1;
    double least = 1e9;
    for (const std::size_t local : {64u, 256u, 1024u, 4096u}) {
      if (local > largest_group_ || elements % local != 0) continue;
      for (int round = 0; round < 5; ++round) { // the first compiles
        const double seconds = timed(4, [&] { enqueue(of, elements, local); });
        if (seconds < least) least = seconds, best = local;
      }
    }
    return best;
  }

  std::string name_;
  cl_device_id device_;
  std::size_t largest_group_;
  raw_context context_ = make_raw_context(device_);
  raw_queue queue_ = make_raw_queue(context_.get(), device_);
  raw_program program_ = build_raw_program(context_.get(), device_, flow_source);
  raw_kernel none_ = kernel("none"), add_one_ = kernel("add_one"), add_to_large_ = kernel("add_one");
  raw_buffer counter_ = buffer(1), large_;
  counted additions_, read_backs_;
  volatile std::size_t host_steps_ = 0; // each of them is made
  std::map<std::size_t, vectors> vectors_;
  std::vector<cl_uint> read_;
};

} // namespace

std::unique_ptr<kernel_peer> make_raw_kernels(const device& on, std::string name) {
  return std::make_unique<raw_kernels>(on, std::move(name));
}

} // namespace clotho::bench
