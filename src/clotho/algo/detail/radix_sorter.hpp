#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/sort.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

/// Launches cl/sort.cl for keys, two at least, and values, if any, that the device can take as they are.
/// Arrays `a` are the caller's, arrays `b` as large.
class radix_sorter {
 public:
  radix_sorter(const placement& where, const flat& keys, const payload& values, const sort_options& how);

  /// Makes the keys a copy of those, and the values their numbers.
  void number(const flat& those) const;
  /// Sorts them, in place.
  [[nodiscard]] future<void> sort() const;

 private:
  struct tiling;

  [[nodiscard]] future<void> sort_small() const;
  [[nodiscard]] future<void> sort_on_cpu() const;
  [[nodiscard]] future<void> sort_on_gpu() const;
  [[nodiscard]] tiling tiling_on_cpu() const;
  // Keys that a bucket may have; 0: there are to be none.
  [[nodiscard]] std::uint64_t most_of_bucket() const;
  [[nodiscard]] std::uint32_t parameter(std::string_view name) const { return what_.tuning[name]; }
  [[nodiscard]] buffer<std::byte> counts_for(std::uint64_t tiles) const;

  const runtime& owner_;
  const flat keys_;
  const std::uint64_t size_;
  const std::size_t value_bytes_;
  const primitive& what_;
  const std::uint32_t begin_, end_;
  const std::uint64_t flip_;
  const buffer_slice<std::byte> a_, b_;
  const flow_argument a_values_, b_values_; // null: none
};

} // namespace clotho::detail
