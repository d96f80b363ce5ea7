// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>
#include <string>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/detail/number_parser.hpp>
#include <clotho/job/detail/number_text.hpp>
#include <clotho/job/detail/value_syntax.hpp>
#include <clotho/job/value.hpp>

namespace clotho::job {
namespace {

using clotho::detail::number_text;
using clotho::detail::parse_outcome;

// "a uchar", "an int".
std::string named(scalar type) {
  const std::string name = opencl_name({type, 1});
  return (name == "int" ? "an " : "a ") + name;
}

template <scalar_value T> std::string range() {
  if constexpr (std::integral<T>)
    return number_text(std::numeric_limits<T>::min()) + " to " + number_text(std::numeric_limits<T>::max());
  else if constexpr (std::is_same_v<T, half>)
    return "up to 65504";
  else
    return "up to " + number_text(std::numeric_limits<T>::max());
}

template <scalar_value T> [[noreturn]] void refuse(std::string_view text, parse_outcome why) {
  const std::string number = detail::shown(text);
  if (why == parse_outcome::not_a_number) throw argument_error(number + " is not a number");
  const std::string plain = number.substr(1, number.size() - 2);
  if (why == parse_outcome::not_whole)
    throw argument_error(plain + " is not a whole number, which " + named(scalar_of<T>) + " has to be");
  throw argument_error(plain + " does not fit " + named(scalar_of<T>) + " (" + range<T>() + ")");
}

// The magnitude of "0x1f", which may fill all 64 bits.
template <scalar_value T> parse_outcome from_bits(std::uint64_t magnitude, bool is_negative, T& value) {
  if constexpr (std::integral<T>) {
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    const std::uint64_t least = std::is_signed_v<T> ? most + 1 : 0;
    value = static_cast<T>(is_negative ? 0 - magnitude : magnitude);
    return magnitude <= (is_negative ? least : most) ? parse_outcome::good : parse_outcome::does_not_fit;
  } else {
    return clotho::detail::parse_number((is_negative ? "-" : "") + std::to_string(magnitude), value);
  }
}

template <scalar_value T> parse_outcome parse_any(std::string_view text, T& value) {
  const bool is_negative = text.starts_with('-');
  const std::string_view digits = text.substr(is_negative || text.starts_with('+') ? 1 : 0);
  if (!digits.starts_with("0x") && !digits.starts_with("0X"))
    return clotho::detail::parse_number(text, value);
  if (!detail::is_number(text)) return parse_outcome::not_a_number;
  const std::optional<std::uint64_t> magnitude = parse_unsigned(digits);
  return magnitude ? from_bits(*magnitude, is_negative, value) : parse_outcome::does_not_fit;
}

} // namespace

host_array parse_scalar(std::string_view text, scalar type) {
  host_array array = make_array(type, {});
  visit_scalar(type, [&]<class T>(T number) {
    const parse_outcome outcome = parse_any(trim(text), number);
    if (outcome != parse_outcome::good) refuse<T>(trim(text), outcome);
    std::memcpy(array.data.data(), &number, sizeof number);
  });
  return array;
}

} // namespace clotho::job
