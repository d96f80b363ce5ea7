#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// Mean and variance of a set of numbers.
struct moments {
  std::size_t count = 0;
  double mean = 0;
  double squares = 0; ///< the sum of squared distances from the mean

  /// Of the whole set, or estimated from a sample when `freedom` is 1; NaN when there are not more than that.
  [[nodiscard]] double variance(std::size_t freedom = 0) const noexcept;
};

namespace detail {
[[nodiscard]] future<moments> moments_of(const placement& where, const flat& x);
[[nodiscard]] future<double> mean_of(const placement& where, const flat& x);
[[nodiscard]] future<double> variance_of(const placement& where, const flat& x, std::size_t freedom);
} // namespace detail

/// Count, mean and squared distances of all elements, in one reading.
///
/// Each tile of 4096 elements is read twice, the second time from the nearest cache, in float for floats and
/// in double for all else; the host brings the tiles together in double (Chan, Golub, LeVeque 1979). So there
/// is no cancellation, whatever the mean. The same bits for any number of threads. n / 4096 pairs of scratch
/// memory. Throws capability_error for integers and double on devices without double; else as reduce().
template <detail::flat_array A> [[nodiscard]] future<moments> moments_of(const placement& where, const A& x) {
  return detail::moments_of(where, detail::flat_of(x));
}
/// NaN for no elements.
template <detail::flat_array A> [[nodiscard]] future<double> mean(const placement& where, const A& x) {
  return detail::mean_of(where, detail::flat_of(x));
}
/// As moments::variance.
template <detail::flat_array A>
[[nodiscard]] future<double> variance(const placement& where, const A& x, std::size_t freedom = 0) {
  return detail::variance_of(where, detail::flat_of(x), freedom);
}

} // namespace clotho
