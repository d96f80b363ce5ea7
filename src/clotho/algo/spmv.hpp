#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// A sparse matrix in compressed rows: row r has the elements row_starts[r] to row_starts[r + 1] of `values`,
/// in the columns that column_indices says, in any order; rows may be empty, and have a column more than
/// once.
template <class RowStarts, class ColumnIndices, class Values> struct csr {
  std::size_t rows, columns;
  RowStarts row_starts; ///< rows + 1 of std::uint32_t or std::uint64_t, from 0 to the number of elements,
                        ///< never less than before
  ColumnIndices column_indices; ///< of std::uint32_t, less than columns
  Values values;                ///< of float or double

  csr(std::size_t row_count, std::size_t column_count, RowStarts starts, ColumnIndices indices,
      Values elements)
      : rows(row_count), columns(column_count), row_starts(std::move(starts)),
        column_indices(std::move(indices)), values(std::move(elements)) {}
};

namespace detail {

struct flat_csr {
  std::size_t rows, columns;
  flat row_starts, column_indices, values;
};
[[nodiscard]] future<void> spmv(const placement& where, const flat_csr& a, const flat& x, const flat& y,
                                double alpha, double beta);

template <class A, class... T>
concept array_of = flat_array<A> &&(std::same_as<typename A::value_type, T> || ...);

} // namespace detail

/// y = alpha * A * x + beta * y. Where beta is 0, y is not read, and may hold anything.
///
/// Returns at once. O(rows + elements). CPU shape: rows and elements are dealt in equal parts, however they
/// are spread (Merrill, Garland: Merge-based parallel sparse matrix-vector multiplication, 2016), with some
/// bytes of scratch memory a part; GPU shape: a work-item a row, or 16 when rows are long on average. Off by
/// (k + 3) eps times the sum of the sizes of the k terms at most; the same bits each time on one device. What
/// the arrays of the matrix hold is not checked: indices that lie outside are undefined behaviour on the
/// device. Throws argument_error when sizes do not fit, or y overlaps anything; capability_error for double
/// on a device without fp64.
template <detail::array_of<std::uint32_t, std::uint64_t> RowStarts,
          detail::array_of<std::uint32_t> ColumnIndices, detail::array_of<float, double> Values,
          detail::array_of<typename Values::value_type> X, detail::array_of<typename Values::value_type> Y>
future<void> spmv(const placement& where, const csr<RowStarts, ColumnIndices, Values>& a, const X& x,
                  const Y& y, double alpha = 1, double beta = 0) {
  using detail::flat_of;
  return detail::spmv(
      where, {a.rows, a.columns, flat_of(a.row_starts), flat_of(a.column_indices), flat_of(a.values)},
      flat_of(x), flat_of(y), alpha, beta);
}

} // namespace clotho
