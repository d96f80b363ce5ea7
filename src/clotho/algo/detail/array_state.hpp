#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <clotho/algo/layout.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/flow/buffer.hpp>

namespace clotho::detail {

/// An array, without its C++ type: its memory, and where its elements are in that. Never changes.
struct array_state {
  placement where;
  buffer_slice<std::byte> memory;
  scalar type;
  layout view;

  // What follows from these.
  const void* identity; ///< of the memory
  buffer_slice<std::byte>
      part;          ///< what kernels get: from where the device wants parts to begin to the last element
  std::int64_t base; ///< the place of the first index in that, in elements
  bool in_a_row;     ///< all elements of the part, in order
  bool fills_part;   ///< all elements of the part, in any order
};

/// Throws argument_error when the view does not lie in the memory.
[[nodiscard]] std::shared_ptr<const array_state>
make_state(const placement& where, const buffer_slice<std::byte>& memory, scalar type, const layout& view);
/// Of memory of its own, whose content is indeterminate.
[[nodiscard]] std::shared_ptr<const array_state> make_state(const placement& where, scalar type,
                                                            const extents& sizes);

/// Where its elements are in its memory. Throws argument_error unless they lie in a row.
[[nodiscard]] layout::hull hull_in_a_row(const array_state& what);
/// Throws argument_error: an array that names no elements.
[[noreturn]] void refuse_nameless();
/// Throws argument_error unless there are `count` elements for the shape.
void check_count(std::size_t count, const extents& sizes);
template <class T>
[[nodiscard]] std::span<const T> checked_content(std::span<const T> content, const extents& sizes) {
  check_count(content.size(), sizes);
  return content;
}

/// Applies one index of x(...) to dimension `axis`, and goes on to the next.
template <class Index> void apply_index(layout& to, std::int64_t& axis, const Index& index) {
  if constexpr (std::integral<Index>)
    to = to.chosen(axis, static_cast<std::int64_t>(index));
  else
    to = to.sliced(axis++, index);
}

/// How many elements of a dimension are shown: all, or three at each end.
[[nodiscard]] std::size_t shown_of(const extents& sizes, std::size_t axis) noexcept;
/// As NumPy prints; the numbers are those that are shown, in order.
[[nodiscard]] std::string text_of(const extents& sizes, const std::vector<std::string>& numbers);
/// The shortest text that means the number.
[[nodiscard]] std::string number_text(double value);
[[nodiscard]] std::string number_text(float value);
[[nodiscard]] std::string number_text(std::int64_t value);
[[nodiscard]] std::string number_text(std::uint64_t value);

} // namespace clotho::detail
