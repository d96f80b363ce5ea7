#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <clotho/algo/detail/flat.hpp>

namespace clotho::detail {

/// `count` elements of a vector, `step` apart: as in BLAS, a negative step begins at the end.
struct strided_vector {
  flat memory;
  std::size_t count;
  std::ptrdiff_t step = 1;

  /// Elements from the first in memory to the last.
  [[nodiscard]] std::size_t extent() const noexcept;
  /// Where its first element lies.
  [[nodiscard]] std::uint64_t first() const noexcept;
  [[nodiscard]] flat used() const { return memory.slice(0, extent()); }
  /// Throws argument_error, which names the vector by `what`, "axpy: x", when the step is 0 or it does not
  /// lie inside its memory.
  void check(std::string_view what) const;
};

/// All of `memory`.
[[nodiscard]] inline strided_vector whole_vector(const flat& memory) { return {memory, memory.size(), 1}; }

} // namespace clotho::detail
