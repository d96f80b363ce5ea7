#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>

namespace clotho {

/// Sizes in 1 to 3 dimensions.
class extent {
 public:
  extent() = default;
  extent(std::size_t x) : dimensions_(1), sizes_{x, 1, 1} {} // NOLINT: a number is a 1-dimensional extent
  /// Throws argument_error unless there are 1 to 3 numbers.
  extent(std::initializer_list<std::size_t> sizes);
  extent(unsigned dimensions, const std::array<std::size_t, 3>& sizes);

  [[nodiscard]] unsigned dimensions() const noexcept { return dimensions_; }
  [[nodiscard]] std::size_t operator[](std::size_t i) const noexcept { return sizes_[i]; }
  [[nodiscard]] const std::size_t* data() const noexcept { return sizes_.data(); }
  /// The number of points; wraps round when it does not fit.
  [[nodiscard]] std::size_t volume() const noexcept { return sizes_[0] * sizes_[1] * sizes_[2]; }
  friend bool operator==(const extent&, const extent&) = default;

 private:
  unsigned dimensions_ = 0; // 0: not given
  std::array<std::size_t, 3> sizes_{1, 1, 1};
};

/// "1024" or "640x480".
[[nodiscard]] std::string to_string(const extent& sizes);

/// The work-items of a launch.
///
///   nd_range(n)                                   n items, groups as clotho or the driver finds best
///   nd_range({w, h}).local({16, 16})              groups of exactly 16 x 16
///   nd_range({w, h}).local({16, 16}).rounded_up() the same, w and h rounded up to multiples of 16
///   nd_range(n).preferred_local(64)               groups of 64 if that divides n, else of a divisor near it
class nd_range {
 public:
  nd_range(extent global) : global_(global) {}                             // NOLINT
  nd_range(std::size_t global) : global_(global) {}                        // NOLINT
  nd_range(std::initializer_list<std::size_t> global) : global_(global) {} // NOLINT

  nd_range& offset(extent first) { return offset_ = first, *this; }
  nd_range& local(extent size) { return local_ = size, preferred_ = false, *this; }
  nd_range& preferred_local(extent size) { return local_ = size, preferred_ = true, *this; }
  /// Lets the range grow to a multiple of the local size. The kernel must guard itself against the extra
  /// items.
  nd_range& rounded_up() { return round_up_ = true, *this; }

  [[nodiscard]] const extent& global() const noexcept { return global_; }
  [[nodiscard]] const extent& offset() const noexcept { return offset_; }
  [[nodiscard]] const extent& local() const noexcept { return local_; }
  [[nodiscard]] bool local_is_preference() const noexcept { return preferred_; }
  [[nodiscard]] bool rounds_up() const noexcept { return round_up_; }
  friend bool operator==(const nd_range&, const nd_range&) = default;

 private:
  extent global_, offset_, local_;
  bool preferred_ = false;
  bool round_up_ = false;
};

} // namespace clotho
