#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <clotho/algo/detail/running_fold.hpp>
#include <clotho/algo/detail/segmented_fold.hpp>
#include <clotho/algo/operators.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// y[i] = x[0] op ... op x[i]: inclusive_scan(rt, x, y), inclusive_scan(rt, x, x, maximum{}). y has as many
/// elements as x, and is x itself or apart from it.
///
/// In the elements' own type: integers wrap round. Which elements are folded first is fixed for a device and
/// its tuning, so floats have the same bits from run to run and for any number of threads; on other devices
/// they may round otherwise. The error of a sum is at most that of a plain loop.
///
/// Where work-items see each other's writes at once (tuning: scan single_pass=1, on PoCL) x is read from memory
/// once and y written once; elsewhere x is read twice. Nothing waits for who may not be running. Scratch
/// memory: two elements for each tile of 256 KiB, or one of 2048 elements. Returns at once; safe from any thread. Throws
/// argument_error for sizes that differ, and parts that overlap; capability_error for double or half on
/// devices without.
template <detail::flat_array X, detail::flat_array Y, class Op = plus>
requires operator_on<Op, typename X::value_type> && std::same_as<typename X::value_type,
                                                                 typename Y::value_type>
    future<void> inclusive_scan(const placement& where, const X& x, const Y& y, Op = {}) {
  constexpr detail::operation op = detail::operation_of<Op>;
  return detail::running_fold(where, op, detail::scan_form::inclusive, detail::flat_of(x), detail::flat_of(y),
                              detail::neutral_of(op, scalar_of<typename X::value_type>));
}

/// y[i] = initial op x[0] op ... op x[i - 1], and y[0] = initial; see inclusive_scan.
template <detail::flat_array X, detail::flat_array Y, class Op = plus>
requires operator_on<Op, typename X::value_type> && std::same_as<typename X::value_type,
                                                                 typename Y::value_type>
    future<void> exclusive_scan(const placement& where, const X& x, const Y& y, Op,
                                std::type_identity_t<typename X::value_type> initial) {
  return detail::running_fold(where, detail::operation_of<Op>, detail::scan_form::exclusive,
                              detail::flat_of(x), detail::flat_of(y), detail::scalar_bits(initial));
}
/// From the operator's neutral element on: 0, 1, ..., NaN for the minimum and maximum of floats.
template <detail::flat_array X, detail::flat_array Y, class Op = plus>
requires operator_on<Op, typename X::value_type> && std::same_as<typename X::value_type,
                                                                 typename Y::value_type>
    future<void> exclusive_scan(const placement& where, const X& x, const Y& y, Op = {}) {
  constexpr detail::operation op = detail::operation_of<Op>;
  return detail::running_fold(where, op, detail::scan_form::exclusive, detail::flat_of(x), detail::flat_of(y),
                              detail::neutral_of(op, scalar_of<typename X::value_type>));
}

/// Scans segments by themselves: one begins at element 0, and wherever an element of `heads` is not 0. y is x
/// itself or apart from it, heads is apart from y. In three launches, in both shapes; x and heads are read
/// twice. Otherwise as inclusive_scan.
template <detail::flat_array X, detail::flat_array H, detail::flat_array Y, class Op = plus>
requires operator_on<Op, typename X::value_type> && std::same_as<
    typename X::value_type, typename Y::value_type> && std::same_as<typename H::value_type, std::uint8_t>
    future<void> inclusive_scan_segments(const placement& where, const X& x, const H& heads, const Y& y,
                                         Op = {}) {
  return detail::segmented_fold(where, detail::operation_of<Op>, detail::scan_form::inclusive,
                                detail::segment_heads::flags, detail::flat_of(x), detail::flat_of(heads),
                                detail::flat_of(y));
}
/// The same; the operator's neutral element at the head of each segment.
template <detail::flat_array X, detail::flat_array H, detail::flat_array Y, class Op = plus>
requires operator_on<Op, typename X::value_type> && std::same_as<
    typename X::value_type, typename Y::value_type> && std::same_as<typename H::value_type, std::uint8_t>
    future<void> exclusive_scan_segments(const placement& where, const X& x, const H& heads, const Y& y,
                                         Op = {}) {
  return detail::segmented_fold(where, detail::operation_of<Op>, detail::scan_form::exclusive,
                                detail::segment_heads::flags, detail::flat_of(x), detail::flat_of(heads),
                                detail::flat_of(y));
}

} // namespace clotho
