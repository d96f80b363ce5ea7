#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <clotho/core/signature.hpp>
#include <clotho/flow/detail/kernel_call.hpp>
#include <clotho/flow/detail/split_dealer.hpp>
#include <clotho/runtime/nd_range.hpp>

namespace clotho::detail {

/// How the range of one launch is divided, and what of its memory belongs to a chunk.
class split_plan {
 public:
  /// What of the `i`-th memory argument a chunk needs.
  struct need {
    split_part part = split_part::whole;
    std::size_t margin = 0;
    std::size_t index_bytes = 0; // of a block
  };

  /// Throws argument_error when the kernel, or what is said of its memory, does not allow it.
  split_plan(kernel_call& call, std::span<const split_argument> given, std::size_t devices);

  [[nodiscard]] const split_dealer::shape& shape() const noexcept { return shape_; }
  /// Work-items that share an index.
  [[nodiscard]] double items_per_index() const noexcept;
  /// The launch of one chunk.
  [[nodiscard]] nd_range range_of(const split_chunk& chunk) const;
  /// The part of the `i`-th memory, which lies at `where`, that a chunk needs.
  [[nodiscard]] region region_of(std::size_t i, region where, const split_chunk& chunk) const noexcept;

 private:
  [[nodiscard]] std::size_t base() const noexcept;
  void choose_grain(const kernel_signature& signature, std::size_t devices);
  void choose_groups(std::size_t devices);
  void add_need(const kernel_signature& signature, std::size_t index, const flow_access& access, const split_argument& given);

  nd_range range_;
  unsigned dimension_ = 0;
  split_dealer::shape shape_;
  std::vector<need> needs_;
};

} // namespace clotho::detail
