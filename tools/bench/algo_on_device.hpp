#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <vector>

#include "algo_peer.hpp"
#include "algo_work.hpp"
#include "raw_opencl.hpp"

namespace clotho::bench {

/// A context and a queue of a contender that is given raw OpenCL objects, and its memory.
class raw_place {
 public:
  explicit raw_place(const device& on)
      : device_(native::handle(on)), context_(make_raw_context(device_)),
        queue_(make_raw_queue(context_.get(), device_)) {}

  [[nodiscard]] cl_device_id device() const noexcept { return device_; }
  [[nodiscard]] cl_context context() const noexcept { return context_.get(); }
  [[nodiscard]] cl_command_queue queue() const noexcept { return queue_.get(); }
  void finish() const { raw_check(clFinish(queue()), "clFinish"); }

  [[nodiscard]] raw_buffer buffer(std::size_t size_bytes) const {
    return make_raw_buffer(context(), size_bytes);
  }
  template <class T> [[nodiscard]] raw_buffer buffer_with(const array_of<T>& content) const {
    raw_buffer made = buffer(content.size() * sizeof(T));
    raw_check(clEnqueueWriteBuffer(queue(), made.get(), CL_TRUE, 0, content.size() * sizeof(T),
                                   content.data(), 0, nullptr, nullptr),
              "clEnqueueWriteBuffer");
    return made;
  }
  template <class T> [[nodiscard]] array_of<T> content(const raw_buffer& of, std::size_t n) const {
    array_of<T> read(n);
    raw_check(
        clEnqueueReadBuffer(queue(), of.get(), CL_TRUE, 0, n * sizeof(T), read.data(), 0, nullptr, nullptr),
        "clEnqueueReadBuffer");
    return read;
  }

 private:
  cl_device_id device_;
  raw_context context_;
  raw_queue queue_;
};

/// Buffers of one case.
using raw_buffers = std::vector<raw_buffer>;

template <class... Buffers> [[nodiscard]] raw_buffers together(Buffers... buffers) {
  raw_buffers all;
  (all.push_back(std::move(buffers)), ...);
  return all;
}

} // namespace clotho::bench
