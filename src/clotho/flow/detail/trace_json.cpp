// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/trace_json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace clotho::detail {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Bytes of the character that begins here; 0 when it is none (RFC 3629: no overlong forms, no surrogates).
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if (!continues(text[i])) return 0;
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool outside = (lead == 0xed && byte(1) > 0x9f) || (lead == 0xf4 && byte(1) > 0x8f);
  return overlong || outside ? 0 : size;
}

void append_control(std::string& to, char c) {
  constexpr const char* digits = "0123456789abcdef";
  to += "\\u00";
  to += digits[static_cast<unsigned char>(c) >> 4];
  to += digits[c & 0xf];
}

void append_ascii(std::string& to, char c) {
  if (c == '"' || c == '\\')
    to.append({'\\', c});
  else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
    append_control(to, c);
  else
    to += c;
}

} // namespace

void append_json(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    const std::size_t size = character_bytes(text);
    if (size == 1)
      append_ascii(to, text.front());
    else
      to += size == 0 ? replacement : text.substr(0, size);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  to += '"';
}

void append_json(std::string& to, double number) {
  std::array<char, 32> digits; // NOLINT: filled by to_chars
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  if (std::isfinite(number))
    to += text;
  else
    append_json(to, text);
}

void append_microseconds(std::string& to, std::int64_t nanoseconds) {
  const auto negative = nanoseconds < 0;
  const auto all = negative ? std::uint64_t{0} - static_cast<std::uint64_t>(nanoseconds)
                            : static_cast<std::uint64_t>(nanoseconds);
  if (negative) to += '-';
  to += std::to_string(all / 1000);
  const auto rest = static_cast<unsigned>(all % 1000);
  to.append({'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
             static_cast<char>('0' + rest % 10)});
}

} // namespace clotho::detail
