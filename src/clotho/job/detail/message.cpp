// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/message.hpp>

#include <algorithm>
#include <optional>

#include <clotho/core/text.hpp>

namespace clotho::job::detail {

std::string shown(std::string_view text) {
  constexpr std::size_t most = 80;
  return "'" + printable(text.substr(0, most)) + (text.size() > most ? "..." : "") + "'";
}

std::string nearest_of(std::string_view word, std::span<const std::string> known) {
  if (known.empty()) return "";
  // Comparing takes time proportional to both lengths; a text of megabytes is no slip of the finger.
  if (word.size() < 100)
    if (const std::optional<std::string> nearest = did_you_mean(word, known))
      return "; did you mean " + shown(*nearest) + "?";
  constexpr std::size_t most = 20;
  const std::string list = printable(join(known.first(std::min(known.size(), most)), ", "));
  return "; known are " + list + (known.size() > most ? ", ..." : "");
}

} // namespace clotho::job::detail
