#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <semaphore>
#include <thread>

#include <csignal>

namespace clotho::tool {

/// While it lives, the first SIGINT asks the command to stop; a second one ends the process, as without it. At most one at a
/// time, made before other threads are: these, and processes that drivers start in them, do not hear of it. At a terminal it
/// goes to all, and PoCL gives up the process when its linker is killed.
class interrupt_request {
 public:
  interrupt_request();
  ~interrupt_request();
  interrupt_request(const interrupt_request&) = delete;
  interrupt_request& operator=(const interrupt_request&) = delete;

  /// True once somebody asked. Safe from any thread.
  [[nodiscard]] const std::atomic<bool>& flag() const noexcept;

 private:
  struct sigaction former_ {};
  sigset_t former_mask_{};
  std::binary_semaphore over_{0};
  std::thread listener_; // the one thread that the signal interrupts
};

} // namespace clotho::tool
