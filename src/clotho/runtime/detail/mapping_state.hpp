#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <clotho/runtime/detail/state.hpp>
#include <clotho/runtime/detail/svm_state.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho {

/// Memory that the host sees; of a buffer, or shared virtual memory.
struct mapping::state {
  state(cl::CommandQueue in, device_buffer mapped) : queue(std::move(in)), buffer(std::move(mapped)) {}
  state(cl::CommandQueue in, std::shared_ptr<detail::svm_state> mapped) : queue(std::move(in)), svm(std::move(mapped)) {}
  state(const state&) = delete; // a second unmapping would be an error
  state& operator=(const state&) = delete;
  /// A failure is logged.
  ~state();

  /// Once it takes effect, later calls do nothing.
  [[nodiscard]] cl_int unmap();
  [[nodiscard]] const char* unmap_call() const noexcept { return svm ? "clEnqueueSVMUnmap" : "clEnqueueUnmapMemObject"; }

  cl::CommandQueue queue;
  std::optional<device_buffer> buffer;
  std::shared_ptr<detail::svm_state> svm;
  void* host = nullptr;
  std::span<std::byte> bytes;
};

} // namespace clotho
