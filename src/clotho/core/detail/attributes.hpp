#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include <clotho/core/detail/constant_expression.hpp>
#include <clotho/core/detail/token_cursor.hpp>

namespace clotho::detail::clc {

/// What __attribute__((...)) says, as far as it matters for sizes and kernels.
struct attributes {
  bool packed = false;
  std::size_t aligned = 0;      ///< the largest aligned(n) or alignas(n)
  std::size_t vector_width = 0; ///< ext_vector_type(n)
  std::size_t vector_bytes = 0; ///< vector_size(n)
  std::array<std::size_t, 3> required_local{};
};

using evaluate_tokens = std::function<std::optional<constant>(std::span<const token>)>;

[[nodiscard]] bool begins_attribute(const token_cursor& cursor);

/// Reads all attributes, alignas and asm labels at the cursor; unknown ones are skipped.
void read_attributes(token_cursor& cursor, const evaluate_tokens& evaluate, attributes& result);

} // namespace clotho::detail::clc
