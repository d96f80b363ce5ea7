// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/pixels.hpp>

#include <algorithm>
#include <concepts>
#include <cstring>
#include <limits>
#include <string>

namespace clotho::job::detail {
namespace {

constexpr std::size_t rgb = 3, rgba = 4;

bool has_image_type(scalar type) { return type != scalar::i64 && type != scalar::u64 && type != scalar::f64; }

// Full opacity, as the type spells it.
os::bytes opaque(scalar type) {
  os::bytes value(size_bytes(type));
  visit_scalar(type, [&]<class T>(T) {
    T one;
    if constexpr (std::same_as<T, half>)
      one = to_half(1.0);
    else
      one = std::integral<T> ? std::numeric_limits<T>::max() : T{1};
    std::memcpy(value.data(), &one, sizeof one);
  });
  return value;
}

} // namespace

pixel_layout layout_of(scalar type, const std::vector<std::size_t>& shape, unsigned dimensions,
                       bool normalized) {
  const bool has_channels = shape.size() == dimensions + 1;
  if (shape.size() != dimensions && !has_channels)
    throw argument_error("an image of " + std::to_string(dimensions) + " dimensions has the shape "
                         + (dimensions == 2 ? "(h, w) or (h, w, c)" : "(d, h, w) or (d, h, w, c)") + ", not "
                         + shape_text(shape));
  const std::size_t channels = has_channels ? shape.back() : 1;
  if (channels < 1 || channels > rgba)
    throw argument_error("an image has 1 to 4 channels, not " + std::to_string(channels) + " as in shape "
                         + shape_text(shape));
  if (!has_image_type(type))
    throw argument_error(std::string("images cannot hold ") + short_name(type) + "; use f32");
  pixel_layout layout;
  layout.channels = channels;
  layout.format = {static_cast<std::uint8_t>(channels == rgb ? rgba : channels), type,
                   normalized && size_bytes(type) < 4};
  for (unsigned d = 0; d < dimensions; ++d) layout.size[d] = shape[dimensions - 1 - d];
  return layout;
}

os::bytes to_pixels(const host_array& array, const pixel_layout& layout) {
  if (layout.channels != rgb) return array.data;
  const os::bytes alpha = opaque(array.type);
  const std::size_t from = rgb * alpha.size(), to = rgba * alpha.size();
  os::bytes pixels(array.size_bytes() / from * to);
  for (std::size_t source = 0, target = 0; target < pixels.size(); source += from, target += to) {
    std::memcpy(&pixels[target], &array.data[source], from);
    std::memcpy(&pixels[target + from], alpha.data(), alpha.size());
  }
  return pixels;
}

os::bytes from_pixels(os::bytes pixels, const pixel_layout& layout) {
  if (layout.channels != rgb) return pixels;
  const std::size_t from = rgba * size_bytes(layout.format.type), to = rgb * size_bytes(layout.format.type);
  std::size_t target = 0;
  for (std::size_t source = 0; source < pixels.size(); source += from, target += to)
    std::memmove(&pixels[target], &pixels[source], to);
  pixels.resize(target);
  return pixels;
}

} // namespace clotho::job::detail
