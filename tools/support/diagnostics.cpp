// SPDX-License-Identifier: Apache-2.0
#include "support/diagnostics.hpp"

#include <algorithm>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>

#include "support/output.hpp"

namespace clotho::tool {
namespace {

constexpr std::uint64_t largest_source = std::uint64_t{16} << 20;
constexpr std::size_t longest_line = 300;

std::optional<std::string> line_of(const source_location& where) {
  if (where.file.empty() || where.line <= 0) return std::nullopt;
  try {
    const std::string text = os::read_text(where.file, largest_source);
    std::size_t begin = 0;
    for (int line = 1; line < where.line; ++line) {
      begin = text.find('\n', begin);
      if (begin == std::string::npos) return std::nullopt;
      ++begin;
    }
    const std::string line = text.substr(begin, text.find('\n', begin) - begin);
    if (line.size() > longest_line) return std::nullopt;
    return line;
  } catch (const error&) { // A label instead of a file, or one that has gone: no excerpt then.
    return std::nullopt;
  }
}

// The caret's indent repeats the line's tabs, so that both are shifted alike.
std::string indent_to(const std::string& line, int column) {
  std::string indent = line.substr(0, static_cast<std::size_t>(column - 1));
  std::replace_if(
      indent.begin(), indent.end(), [](char c) { return c != '\t'; }, ' ');
  return indent;
}

style style_of(severity level) {
  if (level >= severity::error) return style::red;
  return level == severity::warning ? style::yellow : style::bold;
}

} // namespace

std::string excerpt(const diagnostic& message, int descriptor) {
  std::string text = to_string(message.where);
  if (!text.empty()) text += ": ";
  text += paint(style_of(message.level), std::string(to_string(message.level)) + ":", descriptor) + " "
          + visible(message.text) + "\n";
  const auto line = line_of(message.where);
  if (!line) return text;
  text += "  " + visible(line->ends_with('\r') ? line->substr(0, line->size() - 1) : *line) + "\n";
  if (message.where.column > 0 && static_cast<std::size_t>(message.where.column) <= line->size() + 1)
    text += "  " + indent_to(*line, message.where.column) + paint(style::green, "^", descriptor) + "\n";
  return text;
}

nlohmann::json to_json(const diagnostic& message) {
  return {{"file", message.where.file},
          {"line", message.where.line},
          {"column", message.where.column},
          {"severity", to_string(message.level)},
          {"text", message.text}};
}

} // namespace clotho::tool
