#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>

#include <clotho/algo/border.hpp>
#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

struct stencil_weights {
  std::size_t points;
  std::array<double, 32> values{};
};

/// A float or a double of the host is the same as a double.
template <class W, std::size_t Points>
[[nodiscard]] stencil_weights weights_of(const std::array<W, Points>& weights) {
  stencil_weights made{Points};
  std::copy(weights.begin(), weights.end(), made.values.begin());
  return made;
}

[[nodiscard]] future<void> stencil(const placement& where, const std::array<std::size_t, 3>& size,
                                   const stencil_weights& weights, const flat& in, const flat& out,
                                   border beyond);

template <class A, class B>
concept same_reals = flat_array<A> && flat_array<B> && std::same_as<
    typename A::value_type, typename B::value_type> && std::floating_point<typename A::value_type>;

} // namespace detail

/// Weighted sums of the neighbours of each element of `in`, an array (rows, columns), row-major, to `out`. 5
/// weights: {above, left, itself, right, below}; 9 weights: the rows of the square around it.
///
/// Returns at once. O(rows * columns), each element read about once from memory; no scratch memory. Terms are
/// added in the order of the weights, fused or not as the device likes: off by (Points + 1) eps times the sum
/// of their sizes at most. Neither zero weights nor border::zero read what they do not need, but a weight of
/// zero times infinity or NaN is NaN. Throws argument_error when sizes do not fit or in and out overlap;
/// capability_error for double without fp64.
template <class W, std::size_t Points, class In, class Out>
requires(detail::same_reals<In, Out> && (Points == 5 || Points == 9)) future<void> stencil(
    const placement& where, std::size_t rows, std::size_t columns, const std::array<W, Points>& weights,
    const In& in, const Out& out, border beyond = border::clamp) {
  return detail::stencil(where, {1, rows, columns}, detail::weights_of(weights), detail::flat_of(in),
                         detail::flat_of(out), beyond);
}

/// The same in space: `in` is an array (planes, rows, columns). 7 weights: {before, above, left, itself,
/// right, below, behind}; 27 weights: the planes of the cube around it, row by row.
template <class W, std::size_t Points, class In, class Out>
requires(detail::same_reals<In, Out> && (Points == 7 || Points == 27)) future<void> stencil(
    const placement& where, std::size_t planes, std::size_t rows, std::size_t columns,
    const std::array<W, Points>& weights, const In& in, const Out& out, border beyond = border::clamp) {
  return detail::stencil(where, {planes, rows, columns}, detail::weights_of(weights), detail::flat_of(in),
                         detail::flat_of(out), beyond);
}

} // namespace clotho
