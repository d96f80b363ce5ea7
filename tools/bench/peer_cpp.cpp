// SPDX-License-Identifier: Apache-2.0
// The OpenCL C++ bindings in their two usual forms.
#define CL_TARGET_OPENCL_VERSION 300
#define CL_HPP_TARGET_OPENCL_VERSION 300
#define CL_HPP_MINIMUM_OPENCL_VERSION 110
#define CL_HPP_ENABLE_EXCEPTIONS
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wextra"
#endif
#include <CL/opencl.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <clotho/runtime/native.hpp>

#include "launch_peer.hpp"

namespace clotho::bench {
namespace {

class cpp_peer : public launch_peer {
 public:
  explicit cpp_peer(const device& on) : device_(native::handle(on), true) { program_.build(); }

 protected:
  template <class Launch> sampler timed_launch(const launch_case& what, Launch launch) {
    return timed(what.what, launch, [this] { queue_.finish(); });
  }

  cl::Buffer buffer() const { return {context_, CL_MEM_READ_WRITE, launch_elements * sizeof(float)}; }

  cl::Device device_;
  cl::Context context_{device_};
  cl::CommandQueue queue_{context_, device_};
  cl::Program program_{context_, launch_source};
  cl::Buffer a_ = buffer(), b_ = buffer(), c_ = buffer(), d_ = buffer();
};

class queue_peer final : public cpp_peer {
 public:
  using cpp_peer::cpp_peer;

  std::string name() const override { return "C++ bindings, queue"; }

  sampler prepare(const launch_case& what) override {
    if (what.how == call::with_event)
      return timed_launch(what, [this] {
        cl::Event done;
        set(four_, a_, b_, 2.0f, 1u);
        enqueue(four_, &done);
      });
    switch (what.arguments) {
    case 0: return timed_launch(what, [this] { enqueue(none_); });
    case 1: return timed_launch(what, [this] { set(one_, a_), enqueue(one_); });
    case 4: return timed_launch(what, [this] { set(four_, a_, b_, 2.0f, 1u), enqueue(four_); });
    default:
      return timed_launch(what, [this] {
        set(eight_, a_, b_, c_, d_, 2.0f, 3.0f, 1u, cl_long{4});
        enqueue(eight_);
      });
    }
  }

 private:
  template <class... Arguments> static void set(cl::Kernel& kernel, const Arguments&... arguments) {
    cl_uint index = 0;
    (kernel.setArg(index++, arguments), ...);
  }
  void enqueue(const cl::Kernel& kernel, cl::Event* done = nullptr) {
    queue_.enqueueNDRangeKernel(kernel, cl::NullRange, cl::NDRange(1), cl::NDRange(1), nullptr, done);
  }

  cl::Kernel none_{program_, "none"}, one_{program_, "one"}, four_{program_, "four"},
      eight_{program_, "eight"};
};

// A functor makes an event for every launch, asked for or not.
class functor_peer final : public cpp_peer {
 public:
  using cpp_peer::cpp_peer;

  std::string name() const override { return "C++ bindings, functor"; }

  sampler prepare(const launch_case& what) override {
    switch (what.arguments) {
    case 0: return timed_launch(what, [this] { none_(one_item()); });
    case 1: return timed_launch(what, [this] { one_(one_item(), a_); });
    case 4: return timed_launch(what, [this] { four_(one_item(), a_, b_, 2.0f, 1u); });
    default:
      return timed_launch(what, [this] { eight_(one_item(), a_, b_, c_, d_, 2.0f, 3.0f, 1u, cl_long{4}); });
    }
  }

 private:
  cl::EnqueueArgs one_item() { return {queue_, cl::NDRange(1), cl::NDRange(1)}; }

  cl::KernelFunctor<> none_{program_, "none"};
  cl::KernelFunctor<cl::Buffer> one_{program_, "one"};
  cl::KernelFunctor<cl::Buffer, cl::Buffer, float, cl_uint> four_{program_, "four"};
  cl::KernelFunctor<cl::Buffer, cl::Buffer, cl::Buffer, cl::Buffer, float, float, cl_uint, cl_long> eight_{
      program_, "eight"};
};

} // namespace

std::unique_ptr<launch_peer> make_cpp_queue_peer(const device& on) {
  return std::make_unique<queue_peer>(on);
}
std::unique_ptr<launch_peer> make_cpp_functor_peer(const device& on) {
  return std::make_unique<functor_peer>(on);
}

} // namespace clotho::bench
