// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/logical_line.hpp>

#include <algorithm>
#include <array>

#include <clotho/core/text.hpp>

namespace clotho::detail::clc {
namespace {

constexpr std::string_view identifier_part =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }

char trigraph(std::string_view text) {
  constexpr std::string_view from = "=/'()!<>-", to = "#\\^[]|{}~";
  if (text.size() < 3 || text[1] != '?') return '\0';
  const std::size_t at = from.find(text[2]);
  return at == std::string_view::npos ? '\0' : to[at];
}

// Compilers differ on whether "\ " at a line's end joins the next line; clang says it does.
void drop_blanks_after_backslash(std::string& text) {
  std::size_t end = text.size();
  while (end > 0 && is_blank(text[end - 1])) --end;
  if (end > 0 && text[end - 1] == '\\') text.resize(end);
}

void end_line(std::string& text) {
  drop_blanks_after_backslash(text);
  text += '\n';
}

bool is_raw_string_prefix(std::string_view word) {
  constexpr std::array<std::string_view, 5> prefixes{"R", "LR", "uR", "UR", "u8R"};
  return std::find(prefixes.begin(), prefixes.end(), word) != prefixes.end();
}

// Whether "<" opens a header name here rather than compares.
bool expects_header_name(std::string_view clean) {
  clean = trim(clean);
  if (clean.ends_with("(")) return trim(clean.substr(0, clean.size() - 1)).ends_with("__has_include");
  if (!clean.ends_with("include")) return false;
  const auto found = parse_directive(clean);
  return found && found->name == "include" && found->rest.empty();
}

// clang takes a non-ASCII blank, even one spelled \u00a0, for white space before and inside a directive.
// Taking every such character for one can only make us see a directive where the compiler sees none.
std::string_view skip_blanks(std::string_view text) {
  for (;;) {
    if (text.empty()) return text;
    if (text.size() > 5 && text[0] == '\\' && (text[1] == 'u' || text[1] == 'U')) {
      text.remove_prefix(text[1] == 'u' ? 6 : std::min<std::size_t>(10, text.size()));
    } else if (is_blank(text[0]) || static_cast<unsigned char>(text[0]) >= 0x80) {
      text.remove_prefix(1);
    } else {
      return text;
    }
  }
}

} // namespace

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_identifier_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool is_identifier_part(char c) noexcept { return is_identifier_start(c) || is_digit(c); }

std::string_view leading_identifier(std::string_view text) {
  if (text.empty() || !is_identifier_start(text[0])) return {};
  return text.substr(0, static_cast<std::size_t>(
                            std::find_if_not(text.begin(), text.end(), is_identifier_part) - text.begin()));
}

std::string normalise(std::string_view raw) {
  if (raw.starts_with(byte_order_mark)) raw.remove_prefix(byte_order_mark.size());
  std::string text;
  text.reserve(raw.size() + 2);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char replaced = raw[i] == '?' ? trigraph(raw.substr(i)) : '\0';
    if (replaced != '\0') {
      text += replaced;
      i += 2;
    } else if (raw[i] == '\r' || raw[i] == '\n') {
      end_line(text);
      if (raw.substr(i).starts_with("\r\n")) ++i;
    } else {
      text += raw[i] == '\v' ? ' ' : raw[i];
    }
  }
  if (!text.empty() && text.back() != '\n') end_line(text);
  // A last line that asks to be joined must not swallow what the flattener writes next.
  if (text.ends_with("\\\n")) text += '\n';
  return text;
}

char line_reader::peek() const {
  std::size_t i = at_ + 1;
  while (text_.substr(std::min(i, text_.size())).starts_with("\\\n")) i += 2;
  return i < text_.size() ? text_[i] : '\0';
}

void line_reader::skip_splices() {
  while (at_ < text_.size() && text_.substr(at_).starts_with("\\\n")) {
    at_ += 2;
    ++swallowed_;
  }
}

void line_reader::advance() {
  if (done()) return;
  ++at_;
  skip_splices();
}

void line_reader::keep(logical_line& line) {
  line.clean += current();
  advance();
}

void line_reader::flush(std::string& clean) {
  clean.append(static_cast<std::size_t>(swallowed_), '\v');
  swallowed_ = 0;
}

bool line_reader::next(logical_line& line) {
  if (done()) return false;
  const std::size_t begin = at_;
  line = {};
  line.line = line_;
  swallowed_ = 0;
  skip_splices();
  while (!done() && current() != '\n') read_piece(line);
  if (!done()) ++at_;
  line.raw = text_.substr(begin, at_ - begin);
  line.lines = static_cast<int>(std::count(line.raw.begin(), line.raw.end(), '\n'));
  line_ += line.lines;
  return true;
}

void line_reader::read_piece(logical_line& line) {
  const char c = current();
  if (c == '/' && peek() == '*') return read_block_comment(line);
  if (c == '/' && peek() == '/') return read_line_comment(line);
  if (c == '"' || c == '\'') return read_literal(line, c);
  if (c == '<' && expects_header_name(line.clean)) return read_literal(line, '>');
  if (is_identifier_start(c)) return read_identifier(line);
  if (is_digit(c) || (c == '.' && is_digit(peek()))) return read_number(line);
  if (is_blank(c)) flush(line.clean);
  keep(line);
}

void line_reader::read_block_comment(logical_line& line) {
  advance();
  advance();
  while (!done() && !(current() == '*' && peek() == '/')) {
    if (current() == '\n') ++swallowed_;
    advance();
  }
  line.in_comment = done();
  advance();
  advance();
  line.clean += ' ';
  flush(line.clean);
}

void line_reader::read_line_comment(logical_line& line) {
  while (!done() && current() != '\n') advance();
  line.clean += ' ';
}

void line_reader::read_literal(logical_line& line, char closing) {
  keep(line);
  while (!done() && current() != '\n' && current() != closing) {
    const bool escapes = current() == '\\' && closing != '>';
    keep(line);
    if (escapes && !done() && current() != '\n') keep(line);
  }
  if (current() == closing) keep(line);
}

void line_reader::read_identifier(logical_line& line) {
  const std::size_t begin = line.clean.size();
  while (is_identifier_part(current())) {
    const std::string_view run = text_.substr(at_, text_.find_first_not_of(identifier_part, at_) - at_);
    line.clean += run;
    at_ += run.size();
    skip_splices();
  }
  if (current() == '"' && is_raw_string_prefix(std::string_view(line.clean).substr(begin)))
    line.ambiguous = true;
}

void line_reader::read_number(logical_line& line) {
  char last = '\0';
  while (is_identifier_part(current()) || current() == '.'
         || ((current() == '+' || current() == '-') && std::string_view("eEpP").find(last) < 4)) {
    last = current();
    keep(line);
  }
  // 1'000 is one number in C++ and opens a character constant in C; a comment after it begins in one of them
  // only.
  if (current() != '\'' || !is_identifier_part(peek())) return;
  const std::string_view rest = text_.substr(at_, text_.find('\n', at_) - at_);
  if (rest.find("/*") != std::string_view::npos || rest.ends_with('\\')) line.ambiguous = true;
}

std::optional<directive> parse_directive(std::string_view clean) {
  clean = skip_blanks(clean);
  if (clean.starts_with('#'))
    clean.remove_prefix(1);
  else if (clean.starts_with("%:"))
    clean.remove_prefix(2);
  else
    return std::nullopt;
  clean = skip_blanks(clean);
  if (!clean.empty() && is_digit(clean[0])) return directive{"line", trim(clean)};
  const std::string_view name = leading_identifier(clean);
  return directive{name, trim(skip_blanks(clean.substr(name.size())))};
}

} // namespace clotho::detail::clc
