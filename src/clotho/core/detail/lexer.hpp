#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clotho::detail::clc {

enum class token_kind : std::uint8_t { identifier, number, text, character, punctuator, placemarker };

struct hidden_macro;

/// A preprocessing token. Its text lives as long as the preprocessor that made it.
struct token {
  token_kind kind = token_kind::punctuator;
  bool space_before = false;
  std::uint8_t pack = 0; ///< the #pragma pack in force, 0 for none
  int line = 0;
  const std::string* file = nullptr;
  std::string_view spelling;
  const hidden_macro* hidden = nullptr; ///< the macros whose expansion made it: they do not expand it again

  [[nodiscard]] bool is(std::string_view text) const noexcept { return spelling == text && !is_quoted(); }
  [[nodiscard]] bool is_name() const noexcept { return kind == token_kind::identifier; }
  [[nodiscard]] bool is_quoted() const noexcept {
    return kind == token_kind::text || kind == token_kind::character;
  }
};

using token_list = std::vector<token>;

/// Appends the tokens of a clean line (see logical_line) to `tokens`. Borrows `clean`; `line` is where it
/// begins.
void append_tokens(std::string_view clean, int line, const std::string* file, token_list& tokens);

} // namespace clotho::detail::clc
