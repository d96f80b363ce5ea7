#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string_view>

#include <clotho/core/element_type.hpp>

namespace clotho::detail {

enum class parse_outcome { good, not_a_number, not_whole, does_not_fit };

/// The whole of `text` as a number, rounded to nearest when `T` is floating; what is too small becomes 0.
/// Integer types take whole numbers in any spelling: "12", "+12", "1.2e1".
template <scalar_value T> [[nodiscard]] parse_outcome parse_number(std::string_view text, T& value);

} // namespace clotho::detail
