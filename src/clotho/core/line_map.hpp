#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string_view>

#include <clotho/core/diagnostic.hpp>

namespace clotho {

/// Where a line of flattened text came from, by its `#line` directives: for compilers that do not follow them.
/// `line` counts from 1. A line before the first directive is nobody's: the result is empty.
[[nodiscard]] source_location original_place(std::string_view flattened, int line);

}  // namespace clotho
