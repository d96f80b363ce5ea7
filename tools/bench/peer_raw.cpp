// SPDX-License-Identifier: Apache-2.0
#include "launch_peer.hpp"
#include "raw_opencl.hpp"

namespace clotho::bench {
namespace {

// Codes are looked at, as any program has to; that is all the checking there is.
class raw_peer final : public launch_peer {
 public:
  explicit raw_peer(const device& on) : device_(native::handle(on)) {}

  std::string name() const override { return "raw C API"; }

  sampler prepare(const launch_case& what) override {
    if (what.how == call::with_event)
      return timed_launch(what, [this] {
        set(four_, a(), b(), 2.0f, cl_uint{1});
        cl_event done = nullptr;
        enqueue(four_, &done);
        clReleaseEvent(done);
      });
    switch (what.arguments) {
    case 0: return timed_launch(what, [this] { enqueue(none_); });
    case 1: return timed_launch(what, [this] { set(one_, a()), enqueue(one_); });
    case 4: return timed_launch(what, [this] { set(four_, a(), b(), 2.0f, cl_uint{1}), enqueue(four_); });
    default:
      return timed_launch(what, [this] {
        set(eight_, a(), b(), c_.get(), d_.get(), 2.0f, 3.0f, cl_uint{1}, cl_long{4});
        enqueue(eight_);
      });
    }
  }

 private:
  template <class Launch> sampler timed_launch(const launch_case& what, Launch launch) {
    return timed(what.what, launch, [this] { raw_check(clFinish(queue_.get()), "clFinish"); });
  }

  template <class... Arguments> static void set(const raw_kernel& kernel, const Arguments&... arguments) {
    cl_uint index = 0;
    (raw_check(clSetKernelArg(kernel.get(), index++, sizeof arguments, &arguments), "clSetKernelArg"), ...);
  }
  void enqueue(const raw_kernel& kernel, cl_event* done = nullptr) {
    const std::size_t global = 1, local = 1;
    raw_check(
        clEnqueueNDRangeKernel(queue_.get(), kernel.get(), 1, nullptr, &global, &local, 0, nullptr, done),
        "clEnqueueNDRangeKernel");
  }
  raw_kernel kernel(const char* name) const { return make_raw_kernel(program_.get(), name); }
  raw_buffer buffer() const { return make_raw_buffer(context_.get(), launch_elements * sizeof(float)); }
  cl_mem a() const { return a_.get(); }
  cl_mem b() const { return b_.get(); }

  cl_device_id device_;
  raw_context context_ = make_raw_context(device_);
  raw_queue queue_ = make_raw_queue(context_.get(), device_);
  raw_program program_ = build_raw_program(context_.get(), device_, launch_source);
  raw_kernel none_ = kernel("none"), one_ = kernel("one"), four_ = kernel("four"), eight_ = kernel("eight");
  raw_buffer a_ = buffer(), b_ = buffer(), c_ = buffer(), d_ = buffer();
};

} // namespace

std::unique_ptr<launch_peer> make_raw_peer(const device& on) { return std::make_unique<raw_peer>(on); }

} // namespace clotho::bench
