#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>

#include <clotho/algo/detail/segmented_fold.hpp>
#include <clotho/algo/detail/selection.hpp>
#include <clotho/algo/operators.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {
future<std::uint64_t> fold_runs(const placement& where, operation op, const flat& keys, const flat& values,
                                const flat& unique_keys, const flat& folded);
} // namespace detail

/// Folds the values beside each run of equal keys, and says how many runs there are: the front of unique_keys
/// has the key of each, that of `folded` its values' fold. Keys in order of their value make a run each, as
/// sort_by_key leaves them. NaN is equal to nothing.
///
/// All four have as many elements; results are apart from what is read, and from each other. A segmented scan
/// (see scan.hpp) and two compactions: memory for the values once more. Floats have the same bits from run to
/// run. Returns at once; safe from any thread. Throws argument_error for sizes and places, capability_error
/// for double or half on devices without.
template <detail::flat_array K, detail::flat_array V, detail::flat_array U, detail::flat_array R,
          class Op = plus>
requires operator_on<Op, typename V::value_type> && std::same_as<
    typename K::value_type, typename U::value_type> && std::same_as<typename V::value_type,
                                                                    typename R::value_type>
    future<std::uint64_t> reduce_by_key(const placement& where, const K& keys, const V& values,
                                        const U& unique_keys, const R& folded, Op = {}) {
  return detail::fold_runs(where, detail::operation_of<Op>, detail::flat_of(keys), detail::flat_of(values),
                           detail::flat_of(unique_keys), detail::flat_of(folded));
}

} // namespace clotho
