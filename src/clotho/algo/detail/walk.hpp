#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <clotho/algo/extents.hpp>
#include <clotho/algo/layout.hpp>

namespace clotho::detail {

/// How kernels walk through arrays of one shape: over four dimensions, the last of which is walked along.
/// Dimensions that all arrays have one after the other are one; more than four are left over as `outer`, for
/// a launch each.
struct walk {
  std::array<std::uint64_t, 4> shape{1, 1, 1, 1};
  std::uint64_t volume = 1;                       ///< of the four
  std::vector<std::array<std::int64_t, 4>> steps; ///< of each array
  std::vector<std::vector<std::int64_t>>
      outer_bases; ///< for each launch, what is added to the base of each array
};

/// `views` are the arrays', repeated to one shape, whose volume is not 0. `in_order`: as the last index runs fastest, else as is
/// fastest.
[[nodiscard]] walk plan_walk(std::span<const layout> views, bool in_order = false);

} // namespace clotho::detail
