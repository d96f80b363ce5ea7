// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/number_parser.hpp>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <locale>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

namespace clotho::detail {
namespace {

template <class T> parse_outcome parse_plain(std::string_view text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (stopped != end || failure == std::errc::invalid_argument) return parse_outcome::not_a_number;
  return failure == std::errc{} ? parse_outcome::good : parse_outcome::does_not_fit;
}

// from_chars does not say whether a number was too large or too small; this slow way does.
template <std::floating_point T> parse_outcome parse_extreme(std::string_view text, T& value) {
  std::istringstream stream{std::string(text)};
  stream.imbue(std::locale::classic());
  stream >> value;
  return std::fabs(value) < 1 ? parse_outcome::good : parse_outcome::does_not_fit;
}

template <std::floating_point T> parse_outcome parse_as(std::string_view text, T& value) {
  const parse_outcome outcome = parse_plain(text, value);
  return outcome == parse_outcome::does_not_fit ? parse_extreme(text, value) : outcome;
}

parse_outcome parse_as(std::string_view text, half& value) {
  double wide = 0;
  const parse_outcome outcome = parse_as(text, wide);
  value = to_half(wide);
  const bool overflowed = std::isfinite(wide) && std::isinf(to_double(value));
  return outcome == parse_outcome::good && overflowed ? parse_outcome::does_not_fit : outcome;
}

// An integer in another spelling: "1e3", "2.0", or -1 for an unsigned type.
template <std::integral T> parse_outcome parse_whole_real(std::string_view text, T& value) {
  double real = 0;
  const parse_outcome outcome = parse_as(text, real);
  if (outcome != parse_outcome::good) return outcome;
  if (!std::isfinite(real) || real != std::trunc(real)) return parse_outcome::not_whole;
  if (std::fabs(real) > 0x1p53) return parse_outcome::does_not_fit;
  const auto wide = static_cast<std::int64_t>(real);
  value = static_cast<T>(wide);
  return std::in_range<T>(wide) ? parse_outcome::good : parse_outcome::does_not_fit;
}

template <std::integral T> parse_outcome parse_as(std::string_view text, T& value) {
  const parse_outcome outcome = parse_plain(text, value);
  return outcome == parse_outcome::not_a_number ? parse_whole_real(text, value) : outcome;
}

} // namespace

template <scalar_value T> parse_outcome parse_number(std::string_view text, T& value) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  return parse_as(text, value);
}

template parse_outcome parse_number(std::string_view, std::int8_t&);
template parse_outcome parse_number(std::string_view, std::uint8_t&);
template parse_outcome parse_number(std::string_view, std::int16_t&);
template parse_outcome parse_number(std::string_view, std::uint16_t&);
template parse_outcome parse_number(std::string_view, std::int32_t&);
template parse_outcome parse_number(std::string_view, std::uint32_t&);
template parse_outcome parse_number(std::string_view, std::int64_t&);
template parse_outcome parse_number(std::string_view, std::uint64_t&);
template parse_outcome parse_number(std::string_view, half&);
template parse_outcome parse_number(std::string_view, float&);
template parse_outcome parse_number(std::string_view, double&);

} // namespace clotho::detail
