#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace clotho {

/// What a work-item may ask about its place in the launch.
enum class range_query : std::uint8_t {
  work_dim,
  global_id,
  global_offset,
  global_size,
  global_linear_id,
  group_id,
  num_groups,
  local_id,
  local_size,
  enqueued_local_size,
  local_linear_id,
  group_function, ///< barriers, copies and reductions of a group, sub-groups: they feel its size
  unknown         ///< what clotho has no name for
};

[[nodiscard]] const char* to_string(range_query query) noexcept; ///< "get_work_dim", "get_global_id", ...
/// Whether it is asked for one dimension at a time.
[[nodiscard]] bool takes_dimension(range_query query) noexcept;

/// What a kernel asks about its place in the launch, itself or through functions of the program, and for
/// which dimensions; from that, how its launch may be changed without any work-item noticing. Whatever cannot
/// be known for certain counts as asked.
class range_use {
 public:
  /// Of a kernel without source: everything.
  range_use() = default;
  [[nodiscard]] static range_use nothing();

  /// There is a source to tell from.
  [[nodiscard]] bool is_known() const noexcept { return known_; }

  /// A dimension that does not exist, or of a query that takes none, stands for all.
  void add(range_query query, unsigned dimension);
  void add(range_query query) { asked_[index(query)] = all_dimensions; }
  void add(const range_use& other);
  [[nodiscard]] bool asks(range_query query, unsigned dimension) const noexcept {
    return !known_ || (asked_[index(query)] & bit(dimension)) != 0;
  }

  /// A launch of fewer dimensions may be made one of three, with any offset in the third.
  [[nodiscard]] bool may_widen() const noexcept;

  /// Why the launch may not be replaced by several with global offsets, each a number of whole groups in this
  /// dimension; empty when it may. A kernel whose groups wait for each other must not be cut either: that
  /// cannot be seen.
  [[nodiscard]] std::string why_not_cut(unsigned dimension) const;
  /// Why the last of them may not have smaller groups than the others; empty when it may.
  [[nodiscard]] std::string why_no_tail(unsigned dimension) const;

  friend bool operator==(const range_use&, const range_use&) = default;

 private:
  static constexpr std::uint8_t all_dimensions = 7;
  static constexpr std::size_t index(range_query query) noexcept { return static_cast<std::size_t>(query); }
  static constexpr std::uint8_t bit(unsigned dimension) noexcept {
    return static_cast<std::uint8_t>(dimension < 3 ? 1 << dimension : all_dimensions);
  }

  bool known_ = false;
  std::array<std::uint8_t, static_cast<std::size_t>(range_query::unknown) + 1>
      asked_{}; // a bit for each dimension
};

} // namespace clotho
