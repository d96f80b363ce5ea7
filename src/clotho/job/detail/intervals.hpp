#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <vector>

namespace clotho::job::detail {

/// From `begin` up to, not including, `end`.
struct interval {
  std::chrono::nanoseconds begin{}, end{};
  friend bool operator==(const interval&, const interval&) = default;
};

/// In order, apart from one another, none empty.
using interval_set = std::vector<interval>;

/// What at least `times` of the given intervals cover.
[[nodiscard]] interval_set covered(const std::vector<interval>& given, std::size_t times = 1);
[[nodiscard]] interval_set intersection(const interval_set& a, const interval_set& b);
[[nodiscard]] std::chrono::nanoseconds measure(const interval_set& of) noexcept;

} // namespace clotho::job::detail
