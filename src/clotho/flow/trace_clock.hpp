#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <span>

namespace clotho {

/// A device's clock, read between two readings of the host's: the moment a command was queued, as the device
/// tells it (event_times::queued), and the host's time before and after the call.
struct clock_pair {
  std::chrono::steady_clock::time_point before;
  std::chrono::nanoseconds device{};
  std::chrono::steady_clock::time_point after;
};

/// Converts a device's timestamps to the host's time. A value; keeps the order of what it converts.
///
/// The tightest pair fixes the offset. The rate is 1 unless another pair is so far away that both tell it to
/// 10 ppm or better; clocks drift by some 20 ppm, a millisecond a minute. A pair whose `after` lies before
/// its `before` is ignored.
class device_clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Throws argument_error when no usable pair is given.
  explicit device_clock(std::span<const clock_pair> pairs);

  [[nodiscard]] time_point to_host(std::chrono::nanoseconds device) const noexcept;
  /// Host nanoseconds a device nanosecond.
  [[nodiscard]] double rate() const noexcept { return rate_; }
  /// How far off a time near the tightest pair may be.
  [[nodiscard]] std::chrono::nanoseconds uncertainty() const noexcept { return uncertainty_; }

 private:
  std::chrono::nanoseconds device_origin_{};
  time_point host_origin_;
  double rate_ = 1;
  std::chrono::nanoseconds uncertainty_{};
};

} // namespace clotho
