// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/splice.hpp>

#include <algorithm>
#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <clotho/core/detail/lexer.hpp>
#include <clotho/core/detail/logical_line.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/line_map.hpp>
#include <clotho/core/text.hpp>

namespace clotho::detail {

namespace {

// Brackets of a snippet; what they do not match, they would take from the template.
class bracket_check {
 public:
  explicit bracket_check(const snippet& what) : what_(what) {}

  void run() {
    const std::string text = clc::normalise(what_.text);
    clc::line_reader lines(text);
    for (clc::logical_line line; lines.next(line);) {
      if (line.in_comment) refuse(line.line, "a comment is not closed");
      check(line);
    }
    if (!open_.empty())
      refuse(open_.back().second, std::string("'") + open_.back().first + "' is not closed");
  }

 private:
  [[noreturn]] void refuse(int line, const std::string& what) const {
    throw argument_error(std::string(what_.label) + ":" + std::to_string(line) + ": " + what);
  }

  void check(const clc::logical_line& line) {
    clc::token_list tokens;
    clc::append_tokens(line.clean, line.line, nullptr, tokens);
    for (const clc::token& t : tokens) {
      if (t.is_quoted() && (t.spelling.size() < 2 || t.spelling.back() != t.spelling.front()))
        refuse(t.line, "a text in quotes is not closed");
      if (t.is("(") || t.is("[") || t.is("{")) open_.emplace_back(t.spelling[0], t.line);
      if (t.is(")") || t.is("]") || t.is("}")) close(t);
    }
  }

  void close(const clc::token& t) {
    const char opening = t.is(")") ? '(' : t.is("]") ? '[' : '{';
    if (open_.empty() || open_.back().first != opening)
      refuse(t.line, "'" + std::string(t.spelling) + "' closes nothing that was opened");
    open_.pop_back();
  }

  const snippet& what_;
  std::vector<std::pair<char, int>> open_;
};

// The PLACE of a line `#pragma clotho snippet PLACE`.
std::optional<std::string_view> place_in(std::string_view line) {
  constexpr std::string_view mark = "#pragma clotho snippet ";
  line = trim(line);
  if (!line.starts_with(mark)) return std::nullopt;
  return trim(line.substr(mark.size()));
}

} // namespace

source_text splice(const source_text& source, std::span<const snippet> snippets) {
  for (const snippet& each : snippets) bracket_check(each).run();
  source_text made{source.name, {}, source.files};
  int number = 1;
  for (const std::string_view line : split(source.text, '\n')) {
    if (const auto place = place_in(line)) {
      const auto found =
          std::find_if(snippets.begin(), snippets.end(), [&](const snippet& s) { return s.place == *place; });
      assert(found != snippets.end());
      made.text += flatten_source(found->label, found->text).text;
      const source_location after = original_place(source.text, number);
      made.text += "#line " + std::to_string(after.line + 1) + " \"" + after.file + "\"";
    } else {
      made.text += line;
    }
    made.text += '\n';
    ++number;
  }
  return made;
}

} // namespace clotho::detail
