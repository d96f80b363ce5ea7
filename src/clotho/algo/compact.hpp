#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>
#include <string_view>

#include <clotho/algo/detail/selection.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// Copies the elements of x whose flag is not 0 to the front of y, in their order, and says how many. What is
/// behind them in y is left as it was.
///
/// This and what follows: y has as many elements as x, and is apart from what is read. Keys are read twice,
/// in both shapes; an index for each tile of 16384 elements of scratch memory, or of 2048. Returns at once;
/// safe from any thread. Throws argument_error for sizes and places, capability_error for double or half on
/// devices without.
template <detail::flat_array X, detail::flat_array F, detail::flat_array Y>
requires std::same_as<typename X::value_type, typename Y::value_type> && std::same_as<typename F::value_type,
                                                                                      std::uint8_t>
    future<std::uint64_t> copy_if(const placement& where, const X& x, const F& flags, const Y& y) {
  return detail::select_into(where, {detail::selected::flagged}, detail::flat_of(x), detail::flat_of(flags),
                             detail::flat_of(y));
}
/// Those for which an expression of OpenCL C is true, which has the element as x: copy_if(rt, x, "x > 0 && x
/// < 10", y). What the compiler says of it comes through the future, and names the line "predicate".
template <detail::flat_array X, detail::flat_array Y>
requires std::same_as<typename X::value_type, typename Y::value_type> future<std::uint64_t>
copy_if(const placement& where, const X& x, std::string_view predicate, const Y& y) {
  return detail::select_into(where, {detail::selected::tested, false, predicate}, detail::flat_of(x),
                             detail::flat_of(x), detail::flat_of(y));
}

/// Copies those whose flag is 0.
template <detail::flat_array X, detail::flat_array F, detail::flat_array Y>
requires std::same_as<typename X::value_type, typename Y::value_type> && std::same_as<typename F::value_type,
                                                                                      std::uint8_t>
    future<std::uint64_t> remove_if(const placement& where, const X& x, const F& flags, const Y& y) {
  return detail::select_into(where, {detail::selected::not_flagged}, detail::flat_of(x),
                             detail::flat_of(flags), detail::flat_of(y));
}

/// Copies those whose flag is not 0, and the others behind them, both in their order.
template <detail::flat_array X, detail::flat_array F, detail::flat_array Y>
requires std::same_as<typename X::value_type, typename Y::value_type> && std::same_as<typename F::value_type,
                                                                                      std::uint8_t>
    future<std::uint64_t> partition(const placement& where, const X& x, const F& flags, const Y& y) {
  return detail::select_into(where, {detail::selected::flagged, true}, detail::flat_of(x),
                             detail::flat_of(flags), detail::flat_of(y));
}
/// Those for which an expression is true before the others; see copy_if.
template <detail::flat_array X, detail::flat_array Y>
requires std::same_as<typename X::value_type, typename Y::value_type> future<std::uint64_t>
partition(const placement& where, const X& x, std::string_view predicate, const Y& y) {
  return detail::select_into(where, {detail::selected::tested, true, predicate}, detail::flat_of(x),
                             detail::flat_of(x), detail::flat_of(y));
}

/// Copies the first of each run of equal elements. NaN is equal to nothing.
template <detail::flat_array X, detail::flat_array Y>
requires std::same_as<typename X::value_type, typename Y::value_type> future<std::uint64_t>
unique(const placement& where, const X& x, const Y& y) {
  return detail::select_into(where, {detail::selected::first_of_run}, detail::flat_of(x), detail::flat_of(x),
                             detail::flat_of(y));
}

} // namespace clotho
