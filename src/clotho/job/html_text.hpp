#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

namespace clotho::job {

/// `text` for HTML and SVG, in attributes too. Control characters become spaces.
[[nodiscard]] inline std::string html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (static_cast<unsigned char>(c) < 0x20 && c != '\n')
      result += ' ';
    else
      result += c;
  }
  return result;
}

/// The first `most` characters of a UTF-8 text, with an ellipsis where that is not all.
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t most) {
  std::size_t cut = 0, characters = 0; // one character less than `most`, for the ellipsis
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) continue;
    if (characters + 1 == most) cut = at;
    if (++characters > most) return std::string(text.substr(0, cut)) + (most > 0 ? "\xe2\x80\xa6" : "");
  }
  return std::string(text);
}

} // namespace clotho::job
