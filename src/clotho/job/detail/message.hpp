#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <string>
#include <string_view>

namespace clotho::job::detail {

/// A text as messages quote it: printable, and cut when it is very long.
[[nodiscard]] std::string shown(std::string_view text);

/// What to add after naming an unknown word: "; did you mean 'x'?", or "; known are a, b" when nothing is
/// near, or nothing when there is nothing to know.
[[nodiscard]] std::string nearest_of(std::string_view word, std::span<const std::string> known);

} // namespace clotho::job::detail
