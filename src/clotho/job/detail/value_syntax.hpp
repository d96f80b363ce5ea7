#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

#include <clotho/job/value.hpp>

namespace clotho::job::detail {

/// Whether a number is written there, however large: decimal, 0x..., nan, inf.
[[nodiscard]] bool is_number(std::string_view text);

/// The parts of a text between separators that are not inside parentheses.
[[nodiscard]] std::vector<std::string_view> split_outside_parentheses(std::string_view text, char separator);

/// What follows the '@'. Throws argument_error.
[[nodiscard]] file_input parse_file_input(std::string_view text);

/// The words before the colon: "zeros", "fill", "iota", "rand", "randn", "like".
[[nodiscard]] const std::vector<std::string>& generator_names();

/// `name` is one of them, `recipe` what follows its colon. Throws argument_error.
[[nodiscard]] generator parse_generator(std::string_view name, std::string_view recipe);

/// A scalar's name: "f32", "float". Throws argument_error.
[[nodiscard]] scalar parse_scalar_type(std::string_view text);

} // namespace clotho::job::detail
