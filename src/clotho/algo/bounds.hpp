#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/algo/sort.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

enum class bound_kind : std::uint8_t { lower, upper };

future<void> find_bounds(const placement& where, bound_kind which, const flat& keys, const flat& needles,
                         const flat& places, const sort_options& how);

template <class A>
concept index_array =
    flat_array<A> &&(std::same_as<typename A::value_type,
                                  std::uint32_t> || std::same_as<typename A::value_type, std::uint64_t>);

} // namespace detail

/// For each needle the place of the first key that is not before it, keys.size() when all are: there it can
/// be put in, before those that are equal. The keys are sorted as sort() does with the same options, whose
/// order counts: that of all bits for floating keys, where NaN is found and -0 is before +0.
///
/// This and upper_bound: there are as many places as needles. All integer and floating types, on all devices;
/// the result does not depend on the device. log2(keys) steps for each needle, no scratch memory; needles in
/// order are found faster, since the caches then hold what is looked at. Keys that are not sorted give places
/// that mean nothing, up to keys.size(). Returns at once; safe from any thread. Throws argument_error for
/// sizes, for places that overlap what is read or are too narrow for so many keys, and for bits that the type
/// does not have.
template <detail::flat_array Keys, detail::flat_array Needles, detail::index_array Places>
requires std::same_as<typename Keys::value_type, typename Needles::value_type> future<void>
lower_bound(const placement& where, const Keys& keys, const Needles& needles, const Places& places,
            const sort_options& how = {}) {
  return detail::find_bounds(where, detail::bound_kind::lower, detail::flat_of(keys),
                             detail::flat_of(needles), detail::flat_of(places), how);
}

/// For each needle the place of the first key that is after it: behind those that are equal.
template <detail::flat_array Keys, detail::flat_array Needles, detail::index_array Places>
requires std::same_as<typename Keys::value_type, typename Needles::value_type> future<void>
upper_bound(const placement& where, const Keys& keys, const Needles& needles, const Places& places,
            const sort_options& how = {}) {
  return detail::find_bounds(where, detail::bound_kind::upper, detail::flat_of(keys),
                             detail::flat_of(needles), detail::flat_of(places), how);
}

} // namespace clotho
