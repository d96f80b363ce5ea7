#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <string_view>

#include <clotho/core/detail/lexer.hpp>
#include <clotho/core/range_use.hpp>

namespace clotho::detail::clc {

/// Adds what `tokens` ask. A name that is not called, or whose argument is no plain number, asks for every
/// dimension.
void note_range_queries(std::span<const token> tokens, range_use& use);

/// Whether a function of this name, which the program does not define, may tell a work-item something about
/// its place.
[[nodiscard]] bool may_be_range_query(std::string_view name);

} // namespace clotho::detail::clc
