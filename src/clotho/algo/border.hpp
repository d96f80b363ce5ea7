#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

namespace clotho {

/// What a neighbour is that lies beyond the border of an array.
enum class border : std::uint8_t {
  clamp, ///< the nearest element
  zero,  ///< zero
  wrap,  ///< the element at the other end: the array is a ring
  keep   ///< nothing: elements that lack a neighbour are copied as they are
};

} // namespace clotho
