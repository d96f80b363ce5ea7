// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/glob.hpp>

#include <algorithm>
#include <cstddef>

#include <clotho/core/text.hpp>

namespace clotho {

// Only the last '*' is ever taken back: what an earlier one took was the shortest that fits, and that is enough.
bool matches_glob(std::string_view text, std::string_view pattern) noexcept {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t t = 0, p = 0, star = none, taken_to = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken_to = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != none) {
      p = star + 1;
      t = ++taken_to;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == none;
}

bool matches_any_glob(std::string_view text, std::string_view patterns) {
  const auto all = split(patterns, ',');
  return std::any_of(all.begin(), all.end(), [&](std::string_view one) { return matches_glob(text, trim(one)); });
}

} // namespace clotho
