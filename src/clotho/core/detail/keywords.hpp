#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>
#include <string_view>

#include <clotho/core/detail/lexer.hpp>
#include <clotho/core/signature.hpp>

namespace clotho::detail::clc {

/// "unsigned", "int", "void", ...: the words that number types are written in.
[[nodiscard]] bool is_number_word(const token& t);
/// "long unsigned int" and its kin, in any order, as OpenCL's one-word name: "ulong".
[[nodiscard]] std::string one_word(std::string_view words);

/// With or without the leading "__".
[[nodiscard]] std::optional<address_space> space_of(const token& t);
[[nodiscard]] std::optional<access_qualifier> access_of(const token& t);

} // namespace clotho::detail::clc
