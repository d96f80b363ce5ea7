#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/algo/sort.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

future<void> merge(const placement& where, const flat& a, const flat& b, const flat& merged,
                   const sort_options& how);
future<void> merge_by_key(const placement& where, const flat& a, const payload& a_values, const flat& b,
                          const payload& b_values, const flat& merged, const payload& merged_values,
                          const sort_options& how);

} // namespace detail

/// Makes one sorted array of two, which are sorted as sort() does with the same options. Stable: of equal
/// elements those of a come first.
///
/// All integer and floating types, on all devices, in the order of sort(): NaN after all, -0 before +0.
/// `merged` has as many elements as both, and is apart from them. Each element is read and written once, and
/// a binary search is made for each tile of the result: 16384 elements for a work-item, or 512 for a group.
/// No scratch memory; the result does not depend on the device. Of what is not sorted nothing sensible comes
/// out. Returns at once; safe from any thread. Throws argument_error for sizes and places, and for bits that
/// the type does not have.
template <detail::flat_array A, detail::flat_array B, detail::flat_array Merged>
requires std::same_as<typename A::value_type, typename B::value_type> && std::same_as<
    typename A::value_type, typename Merged::value_type>
    future<void> merge(const placement& where, const A& a, const B& b, const Merged& merged,
                       const sort_options& how = {}) {
  return detail::merge(where, detail::flat_of(a), detail::flat_of(b), detail::flat_of(merged), how);
}

/// Merges keys, and brings the values into the order of their keys: any type of 1, 2, 4, 8 or 16 bytes. Also
/// throws argument_error when there are not as many values as keys.
template <detail::flat_array A, detail::flow_array AValues, detail::flat_array B, detail::flow_array BValues,
          detail::flat_array Merged, detail::flow_array MergedValues>
requires std::same_as<typename A::value_type, typename B::value_type> && std::same_as<
    typename A::value_type, typename Merged::value_type> && std::
    same_as<typename AValues::value_type, typename BValues::value_type> && std::same_as<
        typename AValues::value_type, typename MergedValues::value_type>
        future<void> merge_by_key(const placement& where, const A& a, const AValues& a_values, const B& b,
                                  const BValues& b_values, const Merged& merged,
                                  const MergedValues& merged_values, const sort_options& how = {}) {
  return detail::merge_by_key(where, detail::flat_of(a), detail::payload_of(a_values), detail::flat_of(b),
                              detail::payload_of(b_values), detail::flat_of(merged),
                              detail::payload_of(merged_values), how);
}

} // namespace clotho
