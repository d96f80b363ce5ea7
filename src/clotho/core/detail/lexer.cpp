// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/detail/lexer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <clotho/core/detail/logical_line.hpp>

namespace clotho::detail::clc {
namespace {

constexpr std::array<std::string_view, 23> long_punctuators{"...", "<<=", ">>=", "->", "++", "--", "<<", ">>",
                                                            "<=",  ">=",  "==",  "!=", "&&", "||", "*=", "/=",
                                                            "%=",  "+=",  "-=",  "&=", "^=", "|=", "##"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> digraphs{
    {{"%:%:", "##"}, {"%:", "#"}, {"<:", "["}, {":>", "]"}, {"<%", "{"}, {"%>", "}"}}};

std::size_t number_length(std::string_view text) {
  std::size_t i = 1;
  while (i < text.size()) {
    const bool exponent_sign =
        (text[i] == '+' || text[i] == '-') && std::string_view("eEpP").find(text[i - 1]) < 4;
    if (!is_identifier_part(text[i]) && text[i] != '.' && !exponent_sign) break;
    ++i;
  }
  return i;
}

std::size_t literal_length(std::string_view text) {
  std::size_t i = 1;
  while (i < text.size() && text[i] != text[0]) i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

// Fills kind and spelling; returns the characters taken.
std::size_t read_punctuator(std::string_view text, token& result) {
  result.kind = token_kind::punctuator;
  for (const auto& [digraph, meaning] : digraphs)
    if (text.starts_with(digraph)) {
      result.spelling = meaning;
      return digraph.size();
    }
  for (const std::string_view mark : long_punctuators)
    if (text.starts_with(mark)) {
      result.spelling = mark;
      return mark.size();
    }
  result.spelling = text.substr(0, 1);
  return 1;
}

std::size_t read_token(std::string_view text, token& result) {
  std::size_t length = 0;
  if (is_identifier_start(text[0])) {
    result.kind = token_kind::identifier;
    length = leading_identifier(text).size();
  } else if (is_digit(text[0]) || (text[0] == '.' && text.size() > 1 && is_digit(text[1]))) {
    result.kind = token_kind::number;
    length = number_length(text);
  } else if (text[0] == '"' || text[0] == '\'') {
    result.kind = text[0] == '"' ? token_kind::text : token_kind::character;
    length = literal_length(text);
  } else {
    return read_punctuator(text, result);
  }
  result.spelling = text.substr(0, length);
  return length;
}

} // namespace

void append_tokens(std::string_view clean, int line, const std::string* file, token_list& tokens) {
  token next;
  next.line = line;
  next.file = file;
  while (!clean.empty()) {
    const char c = clean[0];
    if (c == ' ' || c == '\t' || c == '\f' || c == '\v') {
      next.line += c == '\v';
      next.space_before = true;
      clean.remove_prefix(1);
      continue;
    }
    clean.remove_prefix(read_token(clean, next));
    tokens.push_back(next);
    next.space_before = false;
  }
}

} // namespace clotho::detail::clc
