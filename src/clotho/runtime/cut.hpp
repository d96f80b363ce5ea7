#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <string>
#include <vector>

#include <clotho/runtime/kernel.hpp>
#include <clotho/runtime/nd_range.hpp>

namespace clotho {

/// Launches that together do what one would: in any order, or at once in several queues.
struct cut_plan {
  std::vector<nd_range> pieces; ///< empty when there is a refusal
  std::string refusal;          ///< why the range cannot be cut: "it asks for get_group_id(0)"

  explicit operator bool() const noexcept { return refusal.empty(); }
};

/// Cuts a range along one of its dimensions into about equal sub-ranges of whole groups, with global offsets,
/// such that no work-item can tell. There are as many as wanted, fewer when there are fewer groups, one more
/// when the local size does not divide the range and the kernel lets a smaller sub-range make up for it. One
/// piece is the whole range. Decided from the source: refused are kernels without, those that print, and
/// those that ask how large the range is or which group is theirs. A kernel whose groups wait for each other
/// must not be cut, which nobody can see. Throws argument_error for no pieces, and for a range that cannot be
/// launched.
[[nodiscard]] cut_plan cut(const kernel& function, const nd_range& range, std::size_t pieces);

/// Why no range of the kernel can be cut along a dimension, as its source says; empty when they can.
[[nodiscard]] std::string why_not_cut(const kernel_signature& signature, unsigned dimension);

} // namespace clotho
