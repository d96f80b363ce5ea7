// SPDX-License-Identifier: Apache-2.0
#include "array_text.hpp"

#include <array>
#include <charconv>
#include <span>

namespace clotho::tool {
namespace {

constexpr std::size_t edge_items = 3;
constexpr std::size_t most_in_full = 64; // elements of an array that is printed whole

template <class T> std::string number_text(T value) {
  std::array<char, 40> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

std::string element_text(const host_array& array, std::size_t i) {
  return visit_scalar(array.type, [&]<class T>(T) {
    if constexpr (std::is_same_v<T, half>)
      return number_text(static_cast<float>(to_double(array.values<T>()[i])));
    else
      return number_text(array.values<T>()[i]);
  });
}

// The elements from `first` on, of the dimensions that are left.
std::string part_text(const host_array& array, std::span<const std::size_t> shape, std::size_t first,
                      std::size_t depth) {
  if (shape.empty()) return element_text(array, first);
  const std::size_t length = shape[0], stride = element_count(shape.subspan(1));
  const bool shortened = array.element_count() > most_in_full && length > 2 * edge_items;
  const std::string between = shape.size() == 1 ? " " : "\n" + std::string(depth + 1, ' ');
  std::string text = "[";
  for (std::size_t i = 0; i < length; ++i) {
    if (i > 0) text += between;
    if (shortened && i == edge_items) {
      text += "..." + between;
      i = length - edge_items;
    }
    text += part_text(array, shape.subspan(1), first + i * stride, depth + 1);
  }
  return text + "]";
}

} // namespace

std::string array_text(const host_array& array) {
  if (array.element_count() == 0) return "[]";
  return part_text(array, array.shape, 0, 0);
}

} // namespace clotho::tool
