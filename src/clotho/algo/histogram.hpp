#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/scalar_bits.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

// What can say where values of a type begin and end: integers also end beyond their greatest.
template <class T> struct histogram_limit { using type = T; };
template <> struct histogram_limit<half> { using type = float; };
template <std::integral T>
requires(sizeof(T) < 8) struct histogram_limit<T> {
  using type = std::int64_t;
};

template <class A>
concept histogram_counts =
    flat_array<A> &&(std::same_as<typename A::value_type,
                                  std::uint32_t> || std::same_as<typename A::value_type, std::uint64_t>);

future<void> histogram_of_bytes(const placement& where, const flat& x, const flat& counts);
future<void> histogram_even(const placement& where, const flat& x, const scalar_bits& low,
                            const scalar_bits& high, const flat& counts);
future<void> histogram_by_edges(const placement& where, const flat& x, const flat& edges, const flat& counts);

} // namespace detail

/// How often each byte is there: counts has 256 elements.
///
/// This and what follows: counts are exact, of 32 or 64 bits, and the same on all devices; what was in them
/// is lost. The elements are read once. Scratch memory on CPUs for a row of counts for each `tile` elements
/// (see tuning_table; 64 Ki), on GPUs, and for more than 4096 bins, for a row for each 2^31; these are
/// counted by atomics, some ten times slower. Returns at once; safe from any thread. Throws argument_error
/// for sizes, places, and more elements than 32 bits can count, capability_error for double on devices
/// without.
template <detail::flat_array X, detail::histogram_counts Counts>
requires std::same_as<typename X::value_type, std::uint8_t> future<void>
histogram(const placement& where, const X& x, const Counts& counts) {
  return detail::histogram_of_bytes(where, detail::flat_of(x), detail::flat_of(counts));
}

/// How many elements are in each of counts.size() even bins over [low, high). Those outside are in none, and
/// NaN is not.
///
/// Integers are in bin floor((x - low) * bins / (high - low)), calculated exactly; of floating ones
/// (x - low) * (bins / (high - low)) is calculated in their type, in float for half, and cut off: an element
/// so near to an edge that rounding takes it there is beyond. Throws argument_error also unless low < high,
/// when these are not finite or too far apart for the type, and for more bins than there are integers.
template <detail::flat_array X, detail::histogram_counts Counts>
future<void> histogram(const placement& where, const X& x,
                       typename detail::histogram_limit<typename X::value_type>::type low,
                       typename detail::histogram_limit<typename X::value_type>::type high,
                       const Counts& counts) {
  return detail::histogram_even(where, detail::flat_of(x), detail::scalar_bits(low),
                                detail::scalar_bits(high), detail::flat_of(counts));
}

/// How many elements x are in bins edges[i] <= x < edges[i + 1]: one less than there are edges, which must be
/// in ascending order, else counts are indeterminate. Equal edges have an empty bin between them; NaN is in
/// no bin. A binary search for each element.
template <detail::flat_array X, detail::flat_array Edges, detail::histogram_counts Counts>
requires std::same_as<typename X::value_type, typename Edges::value_type> future<void>
histogram(const placement& where, const X& x, const Edges& edges, const Counts& counts) {
  return detail::histogram_by_edges(where, detail::flat_of(x), detail::flat_of(edges),
                                    detail::flat_of(counts));
}

} // namespace clotho
