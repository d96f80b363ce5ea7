#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <charconv>
#include <concepts>
#include <limits>
#include <string>

#include <clotho/core/element_type.hpp>

namespace clotho::detail {

/// A type that C++ calculates with: a half as the float of the same value, others as they are.
template <scalar_value T> auto arithmetic(T value) {
  if constexpr (std::same_as<T, half>)
    return static_cast<float>(to_double(value));
  else
    return value;
}

/// Appends the shortest decimal text that reads back as `value`; locale never matters.
template <scalar_value T> void append_number(std::string& text, T value) {
  std::array<char, 40> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), arithmetic(value)).ptr;
  text.append(digits.data(), end);
}

template <scalar_value T> std::string number_text(T value) {
  std::string text;
  append_number(text, value);
  return text;
}

/// What a type can hold, for messages: "u8 (0 to 255)", "f32".
inline std::string range_text(scalar type) {
  return visit_scalar(type, [&]<class T>(T) {
    std::string text = short_name(type);
    if constexpr (std::integral<T>)
      text += " (" + number_text(std::numeric_limits<T>::min()) + " to "
              + number_text(std::numeric_limits<T>::max()) + ")";
    return text;
  });
}

} // namespace clotho::detail
