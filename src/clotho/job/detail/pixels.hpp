#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <vector>

#include <clotho/job/host_array.hpp>
#include <clotho/runtime/memory.hpp>

namespace clotho::job::detail {

/// How an array of shape (h, w[, c]) or (d, h, w[, c]) becomes an image. OpenCL devices need not have
/// images of 3 channels: such arrays travel with a fourth one.
struct pixel_layout {
  image_format format;
  std::array<std::size_t, 3> size{1, 1, 1}; ///< width, height, depth
  std::size_t channels = 1;                 ///< of the array: 3 where the format has 4
};

/// Throws argument_error for shapes and types that no image has.
[[nodiscard]] pixel_layout layout_of(scalar type, const std::vector<std::size_t>& shape, unsigned dimensions,
                                     bool normalized);

/// The array's pixels as the image holds them: a fourth channel is opaque.
[[nodiscard]] os::bytes to_pixels(const host_array& array, const pixel_layout& layout);
/// Takes the fourth channel away again if the layout's array has none.
[[nodiscard]] os::bytes from_pixels(os::bytes pixels, const pixel_layout& layout);

} // namespace clotho::job::detail
