#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

#include <clotho/algo/detail/matrix_memory.hpp>
#include <clotho/algo/detail/strided_vector.hpp>
#include <clotho/algo/matrix.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

future<void> multiply_vector(const placement& where, matrix_op op, double alpha, const matrix_memory& a,
                             const strided_vector& x, double beta, const strided_vector& y);
future<void> add_outer_product(const placement& where, double alpha, const strided_vector& x,
                               const strided_vector& y, const matrix_memory& a);

} // namespace detail

/// y = alpha * op(A) * x + beta * y, for a row-major matrix A of m x n float, double, or half, whose rows are
/// lda elements apart, and vectors whose elements are incx and incy apart; as in BLAS, a negative increment
/// begins at the end. With beta = 0 y is not read, with alpha = 0 A and x are not.
///
/// Returns at once. Elements are multiplied and added in their own type, half in float. With k products for
/// each element, it differs from the exact one by no more than
///     (k + 3) * eps * (|alpha| * sum of |a| * |x| + |beta| * |y|)
/// (and y's rounding to half); the same data give the same result on the same device. Memory that is used
/// meanwhile: an element for 4096 of A.
///
/// Throws argument_error when sizes do not fit, for increments of 0, and when y shares memory with A or x;
/// capability_error when the device does not calculate with the type.
template <detail::flat_array A, detail::flat_array X, detail::flat_array Y>
future<void> gemv(const placement& where, matrix_op op, std::size_t m, std::size_t n, double alpha,
                  const A& a, std::size_t lda, const X& x, std::ptrdiff_t incx, double beta, const Y& y,
                  std::ptrdiff_t incy) {
  const bool plain = op == matrix_op::none;
  return detail::multiply_vector(where, op, alpha, {detail::flat_of(a), m, n, lda},
                                 {detail::flat_of(x), plain ? n : m, incx}, beta,
                                 {detail::flat_of(y), plain ? m : n, incy});
}

/// A += alpha * x * transposed y, for a matrix of m x n, in the same way. Each element differs from the exact
/// one by no more than 2 * eps * (|alpha| * |x| * |y| + |a|).
template <detail::flat_array X, detail::flat_array Y, detail::flat_array A>
future<void> ger(const placement& where, std::size_t m, std::size_t n, double alpha, const X& x,
                 std::ptrdiff_t incx, const Y& y, std::ptrdiff_t incy, const A& a, std::size_t lda) {
  return detail::add_outer_product(where, alpha, {detail::flat_of(x), m, incx}, {detail::flat_of(y), n, incy},
                                   {detail::flat_of(a), m, n, lda});
}

} // namespace clotho
