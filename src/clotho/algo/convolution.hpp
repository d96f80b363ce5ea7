#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>

#include <clotho/algo/border.hpp>
#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// The rows and columns of an array that is kept row by row.
struct rows_and_columns {
  std::size_t rows = 1, columns = 1;
};

namespace detail {

[[nodiscard]] future<void> convolve(const placement& where, rows_and_columns size, const flat& in,
                                    rows_and_columns filter_size, const flat& filter, const flat& out,
                                    border beyond);
[[nodiscard]] future<void> convolve_separable(const placement& where, rows_and_columns size, const flat& in,
                                              const flat& column_filter, const flat& row_filter,
                                              const flat& out, border beyond);

template <class A, class B, class C>
concept convolvable =
    flat_array<A> && flat_array<B> && flat_array<C> && std::floating_point<typename A::value_type> && std::
        same_as<typename A::value_type, typename B::value_type> && std::same_as<typename A::value_type,
                                                                                typename C::value_type>;

} // namespace detail

// The functions below convolve directly; for filters of more than some hundred elements a Fourier transform
// is faster. Filters may have any size from 1 on, and be larger than the array. They return at once. Terms
// are added row after row of the filter, each left to right, fused or not as the device likes: off by (k + 1)
// eps times the sum of the sizes of the k terms at most. border::keep copies elements that lack a neighbour.
// They throw argument_error when sizes do not fit, a filter is empty, or what is written overlaps what is
// read; capability_error for double on a device without fp64.

/// out[i] = sum over k of filter[k] * in[i + (K - 1) / 2 - k]: the middle of the full convolution, as
/// numpy.convolve(in, filter, "same") has it where the filter is the shorter one. O(n K), no scratch memory.
template <class In, class Filter, class Out>
requires detail::convolvable<In, Filter, Out> future<void> convolve_1d(const placement& where, const In& in,
                                                                       const Filter& filter, const Out& out,
                                                                       border beyond = border::zero) {
  const detail::flat x = detail::flat_of(in), f = detail::flat_of(filter);
  return detail::convolve(where, {1, x.size()}, x, {1, f.size()}, f, detail::flat_of(out), beyond);
}

/// The same in both directions: sum over i, j of filter[i][j] * in[r + (I - 1) / 2 - i][c + (J - 1) / 2 - j].
/// O(rows * columns * I * J), no scratch memory.
template <class In, class Filter, class Out>
requires detail::convolvable<In, Filter, Out> future<void>
convolve_2d(const placement& where, rows_and_columns size, const In& in, rows_and_columns filter_size,
            const Filter& filter, const Out& out, border beyond = border::zero) {
  return detail::convolve(where, size, detail::flat_of(in), filter_size, detail::flat_of(filter),
                          detail::flat_of(out), beyond);
}

/// convolve_2d with filter[i][j] = column_filter[i] * row_filter[j], along the rows first. O(rows * columns *
/// (I + J)), an array of that size as scratch memory. Not for border::keep: argument_error.
template <class In, class Column, class Row, class Out>
requires(detail::convolvable<In, Column, Out>&& detail::convolvable<In, Row, Out>)
    future<void> convolve_separable(const placement& where, rows_and_columns size, const In& in,
                                    const Column& column_filter, const Row& row_filter, const Out& out,
                                    border beyond = border::zero) {
  return detail::convolve_separable(where, size, detail::flat_of(in), detail::flat_of(column_filter),
                                    detail::flat_of(row_filter), detail::flat_of(out), beyond);
}

} // namespace clotho
