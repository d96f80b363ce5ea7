#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>
#include <optional>

#include <clotho/algo/bounds.hpp>
#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

struct top_k_options {
  /// The k smallest, in ascending order, instead of the k largest, in descending order.
  bool smallest = false;
};

namespace detail {
future<void> top_k(const placement& where, const flat& x, const flat& values,
                   const std::optional<flat>& indices, const top_k_options& how);
} // namespace detail

/// The values.size() largest elements, the largest first: what sorting x in descending order brings to the
/// front. x stays as it is. Of equal elements those that come first in x do; NaN is larger than all, as it is
/// for sort(), and -0 smaller than +0.
///
/// All integer and floating types, on all devices; the result does not depend on the device. The elements are
/// read once, in blocks of which the best is kept; what is sorted then are those, and the elements of the k
/// best blocks: about 2 sqrt(n k) of them, with their places, which is the scratch memory, twice. For k above
/// n / 256 all elements are sorted. Returns at once; safe from any thread. Throws argument_error for more
/// values than elements and for places that overlap.
template <detail::flat_array X, detail::flat_array Values>
requires std::same_as<typename X::value_type, typename Values::value_type> future<void>
top_k(const placement& where, const X& x, const Values& values, const top_k_options& how = {}) {
  return detail::top_k(where, detail::flat_of(x), detail::flat_of(values), std::nullopt, how);
}
/// Also where they are: values[i] is x[indices[i]]. Also throws argument_error unless there are as many
/// indices as values, and when they are too narrow for so many elements.
template <detail::flat_array X, detail::flat_array Values, detail::index_array Indices>
requires std::same_as<typename X::value_type, typename Values::value_type> future<void>
top_k(const placement& where, const X& x, const Values& values, const Indices& indices,
      const top_k_options& how = {}) {
  return detail::top_k(where, detail::flat_of(x), detail::flat_of(values), detail::flat_of(indices), how);
}

} // namespace clotho
