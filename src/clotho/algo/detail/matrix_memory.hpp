#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/matrix.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

/// Row-major matrices in memory: element (i, j) of matrix b is at b * stride + i * ld + j.
struct matrix_memory {
  flat memory;
  std::size_t rows, columns, ld;
  std::size_t stride = 0, count = 1;

  [[nodiscard]] bool is_empty() const noexcept { return rows == 0 || columns == 0 || count == 0; }
  /// Elements from the first to the last, those between rows and matrices too.
  [[nodiscard]] std::size_t extent() const noexcept;
  /// There is nothing between the rows and the matrices.
  [[nodiscard]] bool is_dense() const noexcept;
  /// The memory from the first element to the last.
  [[nodiscard]] flat used() const { return memory.slice(0, is_empty() ? 0 : extent()); }
  /// Throws argument_error, which names the matrix by `what`, "gemm: a", unless rows do not overlap, all lies
  /// inside its memory, and counts are below 2^31; `written`: matrices do not overlap either.
  void check(std::string_view what, bool written = false) const;
};

/// A matrix of `rows` x `columns` after `op`, as it lies in memory.
[[nodiscard]] matrix_memory matrix_before(matrix_op op, const flat& memory, std::size_t rows,
                                          std::size_t columns, std::size_t ld);

/// A number as a kernel takes it that calculates with elements of a floating type: half in float.
class real_argument {
 public:
  real_argument(scalar type, double value) noexcept
      : is_double_(type == scalar::f64), single_(static_cast<float>(value)), double_(value) {}
  /// Borrows the number.
  [[nodiscard]] flow_argument argument() const {
    return is_double_ ? flow_argument(double_) : flow_argument(single_);
  }

 private:
  bool is_double_;
  float single_;
  double double_;
};

/// Throws argument_error unless all have the same type, a floating one.
void check_real(std::string_view what, const flat& a, const flat& b, const flat& c);

} // namespace clotho::detail
