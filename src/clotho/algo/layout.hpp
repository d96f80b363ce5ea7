#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <clotho/algo/extents.hpp>

namespace clotho {

/// Elements begin, begin + step, ... before end along a dimension, as Python's slices: negative places count
/// from the end, and what lies outside is cut off. slice() is all of it, slice(2) from the third on,
/// slice({}, -1) all but the last, slice({}, {}, -1) turned round.
struct slice {
  std::optional<std::int64_t> begin{}, end{};
  std::int64_t step = 1;

  slice() = default;
  slice(std::optional<std::int64_t> first, std::optional<std::int64_t> past = {}, std::int64_t by = 1)
      : begin(first), end(past), step(by) {}
};

/// Where the elements of an array lie in its memory: element (i, j) at offset + i * strides[0] + j *
/// strides[1], all counted in elements. Strides may be negative, or 0 where elements are repeated. A value;
/// makes no copies of elements.
class layout {
 public:
  layout() = default;
  /// One after the other, the last index running fastest.
  explicit layout(const extents& sizes);

  [[nodiscard]] const extents& shape() const noexcept { return shape_; }
  [[nodiscard]] std::span<const std::int64_t> strides() const noexcept {
    return {strides_.data(), shape_.rank()};
  }
  [[nodiscard]] std::int64_t offset() const noexcept { return offset_; }

  /// One after the other without gaps, from offset on.
  [[nodiscard]] bool is_contiguous() const noexcept;
  /// Two indices name one element.
  [[nodiscard]] bool repeats() const noexcept;
  /// The first place used, and the one past the last; the same when there are no elements.
  struct hull {
    std::size_t begin = 0, end = 0;
  };
  [[nodiscard]] hull extent() const noexcept;
  [[nodiscard]] bool operator==(const layout& other) const noexcept;

  // Views. Axes may be negative: -1 is the last. All throw argument_error that says what the shape is.

  /// A part along one dimension. Throws for a step of 0.
  [[nodiscard]] layout sliced(std::int64_t axis, const slice& part) const;
  /// One index along a dimension, which goes away. Throws unless there is such an element.
  [[nodiscard]] layout chosen(std::int64_t axis, std::int64_t index) const;
  /// Dimension i is what was dimension axes[i].
  [[nodiscard]] layout transposed(std::span<const std::int64_t> axes) const;
  [[nodiscard]] layout transposed() const; ///< all turned round
  /// Without a dimension of one element, or all such.
  [[nodiscard]] layout squeezed(std::int64_t axis) const;
  [[nodiscard]] layout squeezed() const;
  /// With a dimension of one element in front of `axis`.
  [[nodiscard]] layout expanded(std::int64_t axis) const;
  /// Repeated to `sizes`.
  [[nodiscard]] layout broadcast_to(const extents& sizes) const;
  /// The same elements in the same order; nothing where that takes a copy.
  [[nodiscard]] std::optional<layout> reshaped(const extents& sizes) const;

  /// The same in memory that begins so many elements earlier.
  [[nodiscard]] layout shifted(std::int64_t by) const noexcept;

  /// Which dimension a number from -rank to rank - 1 means.
  [[nodiscard]] std::size_t axis_of(std::int64_t axis) const;

 private:
  extents shape_;
  std::array<std::int64_t, extents::most> strides_{};
  std::int64_t offset_ = 0;
};

/// `sizes`, one of which may be -1: as many as `count` elements need. Throws argument_error when they are not
/// as many.
[[nodiscard]] extents completed(std::span<const std::int64_t> sizes, const extents& of);

} // namespace clotho
