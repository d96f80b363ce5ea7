#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstddef>

namespace clotho {

/// What a launch took; see measure.
struct launch_timing {
  std::size_t device = 0; ///< which of the runtime's; of a split launch the first
  std::chrono::steady_clock::time_point began{}, ended{};
  bool by_device = false;            ///< as the device tells; else as the host has seen it, a little longer
  std::chrono::nanoseconds moving{}; ///< before that: the memory was made, and brought to the device
  std::size_t moved_bytes = 0;

  [[nodiscard]] std::chrono::nanoseconds run() const noexcept { return ended - began; }
};

/// See measure.
class measured {
 public:
  explicit measured(launch_timing& into) noexcept : into_(&into) {}
  [[nodiscard]] launch_timing* into() const noexcept { return into_; }

 private:
  launch_timing* into_;
};

/// As an argument of a launch: `into`, which must live until the launch's future is ready, is filled before that when it
/// went well. Devices tell times when runtime_options::device_times says so, or a trace is recorded. Of a split launch only
/// began and ended are known.
[[nodiscard]] inline measured measure(launch_timing& into) noexcept { return measured(into); }

} // namespace clotho
