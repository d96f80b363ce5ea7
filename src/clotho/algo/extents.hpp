#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace clotho {

/// How many elements an array has along each of its up to 8 dimensions; none for a single element.
class extents {
 public:
  static constexpr std::size_t most = 8;

  extents() = default;
  /// {3, 4}. Throws argument_error for more than 8 dimensions, negative numbers, and more elements than can
  /// be counted.
  extents(std::initializer_list<std::int64_t> sizes)
      : extents(std::span<const std::int64_t>(sizes.begin(), sizes.size())) {}
  explicit extents(std::span<const std::int64_t> sizes);
  explicit extents(std::span<const std::size_t> sizes);
  extents(const std::vector<std::size_t>& sizes) : extents(std::span<const std::size_t>(sizes)) {} // NOLINT
  extents(std::integral auto size)
      : extents({static_cast<std::int64_t>(size)}) {} // NOLINT: a number is a row of so many

  [[nodiscard]] std::size_t rank() const noexcept { return rank_; }
  [[nodiscard]] std::size_t operator[](std::size_t axis) const noexcept { return sizes_[axis]; }
  [[nodiscard]] std::span<const std::size_t> sizes() const noexcept { return {sizes_.data(), rank_}; }
  /// How many elements that makes.
  [[nodiscard]] std::size_t volume() const noexcept;
  [[nodiscard]] bool operator==(const extents& other) const noexcept;

  /// Their elements can be repeated to make `wanted`: sizes are equal, or 1 here, or not there in front.
  [[nodiscard]] bool repeats_to(const extents& wanted) const noexcept;

  /// With another dimension in front of `axis`, or without that one.
  [[nodiscard]] extents with(std::size_t axis, std::size_t size) const;
  [[nodiscard]] extents without(std::size_t axis) const;

 private:
  void check() const;

  std::array<std::size_t, most> sizes_{};
  std::size_t rank_ = 0;
};

/// As Python writes a tuple: "()", "(3,)", "(2, 3)".
[[nodiscard]] std::string to_string(const extents& sizes);

/// The extents that both can be repeated to: sizes are compared from the last dimension on; 1 goes with any,
/// and so does a dimension that is not there. Throws argument_error, which says both, when they do not go
/// together.
[[nodiscard]] extents broadcast(const extents& a, const extents& b);

} // namespace clotho
