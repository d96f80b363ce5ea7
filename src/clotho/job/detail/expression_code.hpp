#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

namespace clotho::job::detail {

enum class operation { number, name, negate, add, subtract, multiply, divide, remainder, min, max, ceil_div };

/// One step of an expression in postfix order: pushes a number or what a name stands for, or replaces the
/// topmost operands by their result.
struct instruction {
  operation what = operation::number;
  double number = 0;
  bool whole = false; ///< written as an integer: "2", not "2.0"
  std::string name;
};

/// Postfix code, so that neither evaluation nor destruction recurses however long the text is.
/// Throws argument_error; parentheses and signs nest at most 200 deep.
[[nodiscard]] std::vector<instruction> parse_expression(std::string_view text);

} // namespace clotho::job::detail
