// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/toml_scanner.hpp>

#include <algorithm>
#include <cstdint>

#include <clotho/core/error.hpp>
#include <clotho/job/detail/toml_number.hpp>

namespace clotho::job::detail {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool is_bare_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// The length of the character of UTF-8 that `text` begins with; 0 when it is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return continues(1) ? 2 : 0;
  // Neither longer than need be, nor a surrogate, nor beyond U+10FFFF.
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return 0;
  if (first >= 0xe0 && first < 0xf0) return continues(1) && continues(2) ? 3 : 0;
  return first >= 0xf0 && first < 0xf5 && continues(1) && continues(2) && continues(3) ? 4 : 0;
}

void append_utf8(std::uint32_t point, std::string& text) {
  const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xe0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

} // namespace

toml_scanner::toml_scanner(std::string_view text, std::string_view file) : text_(text), file_(file) {
  if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  while (!at_end()) {
    const std::size_t length = character_length(text_.substr(at_));
    if (length == 0) fail("this is not UTF-8");
    step(length);
  }
  at_ = 0;
  line_ = column_ = 1;
}

source_location toml_scanner::place() const { return {file_, line_, column_}; }

void toml_scanner::fail(const std::string& problem) const { throw format_error(place(), problem); }

void toml_scanner::step(std::size_t count) {
  for (; count > 0; --count, ++at_) {
    if (text_[at_] == '\n') {
      ++line_;
      column_ = 1;
    } else if (!is_continuation(text_[at_])) {
      ++column_;
    }
  }
}

bool toml_scanner::take(std::string_view prefix) {
  if (!starts_with(prefix)) return false;
  step(prefix.size());
  return true;
}

void toml_scanner::expect(char c) {
  if (!take({&c, 1})) fail(std::string("'") + c + "' expected");
}

void toml_scanner::skip_blanks() {
  while (peek() == ' ' || peek() == '\t') step(1);
}

bool toml_scanner::take_newline() { return take("\n") || take("\r\n"); }

void toml_scanner::refuse_control(char c) const {
  const auto byte = static_cast<unsigned char>(c);
  if ((byte < 0x20 && c != '\t') || byte == 0x7f) fail("a control character has to be written as an escape");
}

void toml_scanner::skip_comment() {
  if (peek() != '#') return;
  while (!at_end() && peek() != '\n' && !starts_with("\r\n")) {
    refuse_control(peek());
    step(1);
  }
}

void toml_scanner::skip_lines() {
  do {
    skip_blanks();
    skip_comment();
  } while (take_newline());
}

void toml_scanner::end_line() {
  skip_blanks();
  skip_comment();
  if (!at_end() && !take_newline()) fail("the end of the line expected");
}

std::vector<std::string> toml_scanner::key() {
  std::vector<std::string> parts;
  do {
    skip_blanks();
    parts.push_back(key_part());
    skip_blanks();
  } while (take("."));
  return parts;
}

std::string toml_scanner::key_part() {
  if (peek() == '"' || peek() == '\'') return plain_string(peek());
  const std::size_t begin = at_;
  while (is_bare_key(peek())) step(1);
  if (at_ == begin) fail("a key expected; other than letters, digits, '_' and '-' it stands in quotes");
  return std::string(text_.substr(begin, at_ - begin));
}

void toml_scanner::scalar(tree& node) {
  if (peek() == '"' || peek() == '\'') {
    node.what = tree::kind::string;
    node.text = string();
  } else {
    word(node);
  }
}

void toml_scanner::word(tree& node) {
  const std::size_t end = std::min(text_.find_first_of(" \t\r\n,]}#=", at_), text_.size());
  if (const char* problem = read_toml_word(text_.substr(at_, end - at_), node)) detail::fail(node, problem);
  step(end - at_);
}

std::string toml_scanner::string() {
  const char quote = peek();
  return starts_with(std::string(3, quote)) ? long_string(quote) : plain_string(quote);
}

std::string toml_scanner::plain_string(char quote) {
  std::string text;
  expect(quote);
  while (!take({&quote, 1})) {
    if (at_end() || peek() == '\n' || starts_with("\r\n")) fail("this string has no closing quote");
    refuse_control(peek());
    if (quote == '"' && peek() == '\\') {
      escape(text);
    } else {
      text += peek();
      step(1);
    }
  }
  return text;
}

std::string toml_scanner::long_string(char quote) {
  const std::string quotes(3, quote);
  std::string text;
  step(3);
  (void)take_newline();
  for (;;) {
    if (at_end()) fail("this string has no closing quotes");
    if (take(quotes)) break;
    if (take_newline()) {
      text += '\n';
    } else if (quote == '"' && peek() == '\\') {
      if (!take_continuation()) escape(text);
    } else {
      refuse_control(peek());
      text += peek();
      step(1);
    }
  }
  // Up to two more quotes still belong to the text.
  for (int i = 0; i < 2 && take({&quote, 1}); ++i) text += quote;
  return text;
}

// A backslash at the end of a line hides it and the white space up to the next text.
bool toml_scanner::take_continuation() {
  const std::size_t next = text_.find_first_not_of(" \t", at_ + 1);
  const std::string_view rest = text_.substr(std::min(next, text_.size()));
  if (!rest.starts_with('\n') && !rest.starts_with("\r\n")) return false;
  step(1);
  do {
    skip_blanks();
  } while (take_newline());
  return true;
}

void toml_scanner::escape(std::string& text) {
  constexpr std::string_view names = "btnfr\"\\";
  constexpr std::string_view meanings = "\b\t\n\f\r\"\\";
  step(1);
  const char c = peek();
  if (const std::size_t i = names.find(c); c != '\0' && i != std::string_view::npos) {
    text += meanings[i];
    step(1);
  } else if (take("u")) {
    code_point(4, text);
  } else if (take("U")) {
    code_point(8, text);
  } else {
    fail("an unknown escape; known are \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX");
  }
}

void toml_scanner::code_point(std::size_t digits, std::string& text) {
  std::uint32_t point = 0;
  for (; digits > 0; --digits) {
    const char lower = static_cast<char>(peek() | 0x20);
    const bool is_digit = peek() >= '0' && peek() <= '9', is_letter = lower >= 'a' && lower <= 'f';
    if (!is_digit && !is_letter) fail("a hexadecimal digit expected");
    point = point << 4 | static_cast<std::uint32_t>(is_digit ? peek() - '0' : lower - 'a' + 10);
    step(1);
  }
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) fail("there is no such character");
  append_utf8(point, text);
}

} // namespace clotho::job::detail
