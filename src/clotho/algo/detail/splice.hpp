#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <string_view>

#include <clotho/core/source.hpp>

namespace clotho::detail {

/// A user's piece of a program.
struct snippet {
  std::string_view place; ///< which line of the template it takes the place of
  std::string_view label; ///< what messages call it: "map of the reduction"
  std::string_view text;
};

/// A template with its snippets: each line `#pragma clotho snippet PLACE` becomes the text of that name, with
/// #line directives, so that what a compiler says of it names it, with the user's own lines and columns. A
/// place may occur more than once; all must be given, which is the template's business: assert. Templates are
/// valid without: they keep the pragmas in an #ifdef.
///
/// Throws argument_error for a snippet that is not finished, which would eat the template: a comment, a text
/// in quotes, or brackets that do not match.
[[nodiscard]] source_text splice(const source_text& source, std::span<const snippet> snippets);

} // namespace clotho::detail
