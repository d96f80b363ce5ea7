#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

#include <clotho/algo/detail/primitive.hpp>

namespace clotho::detail {

/// Kernels that take several tiles for each work-item, or for each group, 64 work-items a tile: cl/reduce.cl,
/// count.cl, moments.cl.
struct lane_tiles {
  static constexpr std::size_t tile = 4096; ///< elements
  static constexpr std::size_t of_item = 4; ///< tiles that a work-item or a group takes
  static constexpr std::size_t group = 64 * of_item;

  [[nodiscard]] static std::size_t count(std::size_t n) noexcept { return divide_up(n, tile); }
  [[nodiscard]] static nd_range range(const primitive& with, std::size_t n) {
    const std::size_t items = divide_up(n, tile * of_item);
    return with.shape == shape::cpu ? one_by_one(items) : groups_of(group, items);
  }
};

} // namespace clotho::detail
