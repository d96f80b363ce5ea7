#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string_view>

namespace clotho {

/// Whether all of `text` is what `pattern` says: '*' is any text, '?' any one character, all else itself.
[[nodiscard]] bool matches_glob(std::string_view text, std::string_view pattern) noexcept;

/// Whether it is what one of the patterns says; they are separated by commas, space around them does not count.
[[nodiscard]] bool matches_any_glob(std::string_view text, std::string_view patterns);

} // namespace clotho
