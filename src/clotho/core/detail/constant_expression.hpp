#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include <clotho/core/detail/lexer.hpp>

namespace clotho::detail::clc {

/// An integer as #if and array sizes compute it: 64 bits, wrapping round.
struct constant {
  std::uint64_t bits = 0;
  bool is_unsigned = false;

  [[nodiscard]] bool truth() const noexcept { return bits != 0; }
};

/// What an expression cannot know by itself. Both get the tokens from where they are asked and say how many
/// they used.
struct expression_names {
  /// An identifier with whatever belongs to it.
  std::function<std::optional<constant>(std::span<const token>, std::size_t& used)> value;
  /// A type name between parentheses: its size, 0 when unknown; empty when the tokens are no type.
  std::function<std::optional<std::uint64_t>(std::span<const token>, std::size_t& used)> type_size;
};

/// The value of an integer constant expression that takes all of `tokens`; empty when it is not one.
[[nodiscard]] std::optional<constant> evaluate(std::span<const token> tokens, const expression_names& names);

/// The value of an integer or character literal.
[[nodiscard]] std::optional<constant> literal_value(const token& literal);

} // namespace clotho::detail::clc
