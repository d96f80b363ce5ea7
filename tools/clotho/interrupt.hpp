#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>

#include <csignal>

namespace clotho::tool {

/// While it lives, the first SIGINT asks the command to stop; a second one ends the process, as without it.
/// At most one at a time.
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
};

} // namespace clotho::tool
