// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/line_map.hpp>

#include <charconv>
#include <optional>
#include <string>

#include <clotho/core/text.hpp>

namespace clotho {
namespace {

std::string unescaped(std::string_view quoted) {
  std::string text;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
    text += quoted[i];
  }
  return text;
}

// `#line N "file"`: the place of the line that follows.
std::optional<source_location> parse_directive(std::string_view line) {
  line = trim(line);
  if (!line.starts_with("#line ")) return std::nullopt;
  source_location place;
  const std::string_view rest = trim(line.substr(6));
  const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), place.line);
  if (number.ec != std::errc{}) return std::nullopt;
  const std::size_t open = rest.find('"'), close = rest.rfind('"');
  if (open != std::string_view::npos && close > open)
    place.file = unescaped(rest.substr(open + 1, close - open - 1));
  return place;
}

} // namespace

source_location original_place(std::string_view flattened, int line) {
  source_location place;
  for (int at = 1; at <= line; ++at) {
    const std::size_t end = flattened.find('\n');
    const std::optional<source_location> directive = parse_directive(flattened.substr(0, end));
    if (directive) {
      const std::string file = directive->file.empty() ? place.file : directive->file;
      place = {file, directive->line - 1, 0};
    } else if (!place.file.empty()) {
      ++place.line;
    }
    if (end == std::string_view::npos) return at == line ? place : source_location{};
    flattened.remove_prefix(end + 1);
  }
  return place;
}

} // namespace clotho
