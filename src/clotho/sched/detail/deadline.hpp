#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>

namespace clotho::detail {

/// `wait` from now, at the end of time at the latest; now, when `wait` is negative or not a number.
template <class Rep, class Period>
[[nodiscard]] std::chrono::steady_clock::time_point deadline_in(std::chrono::duration<Rep, Period> wait) {
  using clock = std::chrono::steady_clock;
  using seconds = std::chrono::duration<double>; // cannot overflow
  const clock::time_point now = clock::now();
  if (!(seconds(wait) > seconds::zero())) return now;
  if (seconds(wait) >= seconds(clock::time_point::max() - now)) return clock::time_point::max();
  return now + std::chrono::ceil<clock::duration>(wait);
}

} // namespace clotho::detail
