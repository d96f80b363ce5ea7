#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/matrix.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

struct gemm_problem {
  matrix_op op_a, op_b;
  std::size_t m, n, k;
  double alpha;
  flat a;
  std::size_t lda;
  flat b;
  std::size_t ldb;
  double beta;
  flat c;
  std::size_t ldc;
  std::size_t stride_a = 0, stride_b = 0, stride_c = 0, count = 1;
};

future<void> multiply_matrices(const placement& where, const gemm_problem& problem);

} // namespace detail

/// C = alpha * op(A) * op(B) + beta * C, for row-major matrices of float, double, or half: op(A) is m x k,
/// op(B) is k x n, C is m x n; the rows of what lies in memory are lda, ldb and ldc elements apart. With beta
/// = 0 C is not read, with alpha = 0 or k = 0 A and B are not.
///
/// Returns at once. Elements are multiplied and added in their own type, half in float; on CPU devices sums
/// of 256 products at a time are added to C. Each element c differs from the exact one by no more than
///     (k + 3) * eps * (|alpha| * sum of |a| * |b| + |beta| * |c|),
/// eps being the type's distance from 1 to the next number (and C's rounding to half); the same data give the
/// same result on the same device. Memory that is used meanwhile: on CPU devices 256 * (m + n) elements.
///
/// Throws argument_error when sizes do not fit or C shares memory with A or B, capability_error when the
/// device does not calculate with the type.
template <detail::flat_array A, detail::flat_array B, detail::flat_array C>
future<void> gemm(const placement& where, matrix_op op_a, matrix_op op_b, std::size_t m, std::size_t n,
                  std::size_t k, double alpha, const A& a, std::size_t lda, const B& b, std::size_t ldb,
                  double beta, const C& c, std::size_t ldc) {
  return detail::multiply_matrices(where, {op_a, op_b, m, n, k, alpha, detail::flat_of(a), lda,
                                           detail::flat_of(b), ldb, beta, detail::flat_of(c), ldc});
}

/// The same `count` times, for matrices that lie stride_a, stride_b and stride_c elements apart. Strides of A
/// and B may be 0: then all have the same; the matrices C must not overlap.
template <detail::flat_array A, detail::flat_array B, detail::flat_array C>
future<void> gemm_batched(const placement& where, matrix_op op_a, matrix_op op_b, std::size_t m,
                          std::size_t n, std::size_t k, double alpha, const A& a, std::size_t lda,
                          std::size_t stride_a, const B& b, std::size_t ldb, std::size_t stride_b,
                          double beta, const C& c, std::size_t ldc, std::size_t stride_c, std::size_t count) {
  return detail::multiply_matrices(where,
                                   {op_a, op_b, m, n, k, alpha, detail::flat_of(a), lda, detail::flat_of(b),
                                    ldb, beta, detail::flat_of(c), ldc, stride_a, stride_b, stride_c, count});
}

} // namespace clotho
