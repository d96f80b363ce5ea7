#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

enum class extreme : std::uint8_t { smallest, largest };
[[nodiscard]] future<std::uint64_t> extremum(const placement& where, extreme which, const flat& x);

} // namespace detail

/// Where the smallest element is: the first of equal ones. NaN is passed over, unless all are, then it is 0.
///
/// Reads x once, in a launch or two; n / 16384 elements and indices of scratch memory. Returns at once; safe
/// from any thread. Throws argument_error for no elements, and as reduce().
template <detail::flat_array A>
[[nodiscard]] future<std::uint64_t> argmin(const placement& where, const A& x) {
  return detail::extremum(where, detail::extreme::smallest, detail::flat_of(x));
}
/// Where the largest one is.
template <detail::flat_array A>
[[nodiscard]] future<std::uint64_t> argmax(const placement& where, const A& x) {
  return detail::extremum(where, detail::extreme::largest, detail::flat_of(x));
}

} // namespace clotho
