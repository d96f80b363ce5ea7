#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>

#include <clotho/algo/count.hpp>
#include <clotho/algo/detail/fold.hpp>
#include <clotho/algo/extremum.hpp>
#include <clotho/algo/moments.hpp>
#include <clotho/algo/norm.hpp>
#include <clotho/algo/operators.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// All elements of x, folded with an operator: reduce(rt, x), reduce(rt, x, maximum{}). Of no elements it is
/// the operator's neutral element: 0, 1, all bits, the largest or smallest integer, NaN.
///
/// The elements are folded in their own type: integers wrap round, small ones soon; logical operators take
/// and give 0 and 1. The order is fixed (a tree over 64 lanes of tiles of 4096 elements), so sums and
/// products of floats have the same bits from run to run, for any number of threads, and on every device that
/// does not flush denormals. The error of a sum of n elements is at most 70 ceil(log(n) / log(4096))
/// roundings of the sum of magnitudes, instead of the n of a plain loop. minimum and maximum pass over NaN.
///
/// Reads x once: n / 4096 elements of scratch memory, and at most a launch for each power of 4096 in n.
/// Returns at once; safe from any thread. Throws argument_error for what belongs to another runtime,
/// capability_error for double or half on devices without; failures of the device come through the future.
template <detail::flat_array A, class Op = plus>
requires operator_on<Op, typename A::value_type>
[[nodiscard]] future<typename A::value_type> reduce(const placement& where, const A& x, Op = {}) {
  const detail::flat result = detail::fold(where, {detail::operation_of<Op>}, detail::flat_of(x));
  return detail::only_element<typename A::value_type>(where, result);
}

/// The same, into `result` of one element: for tasks that go on with it on the device. Throws argument_error
/// for more or fewer.
template <detail::flat_array A, class Op, detail::flat_array R>
requires operator_on<Op, typename A::value_type> && std::same_as<typename A::value_type,
                                                                 typename R::value_type>
    future<void> reduce_into(const placement& where, const A& x, Op, const R& result) {
  return detail::fold_into(where, {detail::operation_of<Op>}, detail::flat_of(x), std::nullopt,
                           detail::flat_of(result));
}

/// The smallest element; NaN is passed over, unless all are. Throws argument_error for no elements.
template <detail::flat_array A>
[[nodiscard]] future<typename A::value_type> minimum_of(const placement& where, const A& x) {
  detail::check_some("minimum_of", x.size());
  return reduce(where, x, minimum{});
}
/// The largest one.
template <detail::flat_array A>
[[nodiscard]] future<typename A::value_type> maximum_of(const placement& where, const A& x) {
  detail::check_some("maximum_of", x.size());
  return reduce(where, x, maximum{});
}

} // namespace clotho
