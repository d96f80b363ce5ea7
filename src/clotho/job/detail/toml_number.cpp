// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/toml_number.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <clotho/core/text.hpp>

namespace clotho::job::detail {
namespace {

using kind = tree::kind;

bool is_digit(char c, int base = 10) {
  if (c >= '0' && c <= '9') return c - '0' < base;
  return base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
}

// Digits with an underscore between any two of them, without the underscores.
std::optional<std::string> digits_of(std::string_view text, int base = 10) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_inside =
        i > 0 && i + 1 < text.size() && is_digit(text[i - 1], base) && is_digit(text[i + 1], base);
    if (is_digit(text[i], base))
      digits += text[i];
    else if (text[i] != '_' || !is_inside)
      return std::nullopt;
  }
  return digits.empty() ? std::nullopt : std::optional(std::move(digits));
}

std::optional<std::string> decimal_digits(std::string_view text) {
  std::optional<std::string> digits = digits_of(text);
  return digits && digits->size() > 1 && digits->front() == '0' ? std::nullopt : digits;
}

const char* set_integer(const std::string& digits, int base, bool is_negative, tree& node) {
  std::uint64_t magnitude = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  if (failure != std::errc{} || magnitude > most + (is_negative ? 1 : 0))
    return "an integer has to fit 64 bits and a sign";
  node.what = kind::integer;
  node.text = (is_negative && magnitude != 0 ? "-" : "") + std::to_string(magnitude);
  return nullptr;
}

struct sign_split {
  std::string_view sign, rest;
};

sign_split split_sign(std::string_view word) {
  const std::size_t length = word.starts_with('-') || word.starts_with('+') ? 1 : 0;
  return {word.substr(0, length), word.substr(length)};
}

// "6.5e-3" without its sign as from_chars takes it; empty when it is no TOML number.
std::optional<std::string> real_digits(std::string_view text) {
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e), power = text.substr(e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::optional<std::string> whole = decimal_digits(mantissa.substr(0, point));
  if (!whole) return std::nullopt;
  std::string result = *whole;
  if (point < mantissa.size()) {
    const std::optional<std::string> fraction = digits_of(mantissa.substr(point + 1));
    if (!fraction) return std::nullopt;
    result += "." + *fraction;
  }
  if (!power.empty()) {
    const sign_split exponent = split_sign(power.substr(1));
    const std::optional<std::string> digits = digits_of(exponent.rest);
    if (!digits) return std::nullopt;
    result += "e" + std::string(exponent.sign) + *digits;
  }
  return result;
}

const char* set_real(const std::string& digits, bool is_negative, tree& node) {
  const std::optional<double> value = parse_double(digits);
  if (!value) return "a number has to fit a double";
  node.what = kind::real;
  node.text = real_text(is_negative ? -*value : *value);
  return nullptr;
}

bool looks_like_date(std::string_view word) {
  const auto are_digits = [&](std::size_t n) {
    return word.size() > n
           && std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(n),
                          [](char c) { return is_digit(c); });
  };
  return (are_digits(4) && word[4] == '-') || (are_digits(2) && word[2] == ':');
}

const char* read_based(std::string_view word, tree& node) {
  const int base = word[1] == 'x' ? 16 : word[1] == 'o' ? 8 : 2;
  const std::optional<std::string> digits = digits_of(word.substr(2), base);
  return digits ? set_integer(*digits, base, false, node) : "this is no number";
}

} // namespace

const char* read_toml_word(std::string_view word, tree& node) {
  const auto [sign, rest] = split_sign(word);
  const bool is_negative = sign == "-";
  if (word == "true" || word == "false") {
    node.what = kind::boolean;
    node.text = word;
    return nullptr;
  }
  if (rest == "inf" || rest == "nan") {
    node.what = kind::real;
    node.text = (is_negative ? "-" : "") + std::string(rest);
    return nullptr;
  }
  if (looks_like_date(word)) return "dates and times have no meaning here";
  if (word.starts_with("0x") || word.starts_with("0o") || word.starts_with("0b"))
    return read_based(word, node);
  if (const auto digits = decimal_digits(rest)) return set_integer(*digits, 10, is_negative, node);
  if (const auto digits = real_digits(rest)) return set_real(*digits, is_negative, node);
  return "a value expected: a string in quotes, a number, true or false, an array or a table";
}

} // namespace clotho::job::detail
