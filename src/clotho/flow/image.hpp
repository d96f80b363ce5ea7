#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include <clotho/core/element_type.hpp>
#include <clotho/flow/buffer.hpp>
#include <clotho/runtime/memory.hpp>

namespace clotho {

/// How large an image is, and how its pixels are made.
struct image_shape {
  std::size_t width = 0, height = 0;
  std::size_t depth = 0;     ///< 0: two dimensions
  std::uint8_t channels = 4; ///< 1 (R), 2 (RG) or 4 (RGBA)
  bool normalized = true;    ///< kernels see integers of 8 and 16 bits as floats from 0 (or -1) to 1
};

/// A 2D or 3D image for the tasks of a runtime: as a buffer, but that kernels see an image, through a sampler perhaps (see
/// sampling). Host tasks see all channels of all pixels, row after row. T is the type of a channel, or std::byte when that is
/// known at run time only. Tasks use all of an image. A kernel's write_only image may keep pixels that it does not write: say
/// out(image) if none of them is wanted.
///
/// Whether a device has images of this format and size comes through the futures of launches there.
template <class T> class image {
  static_assert(scalar_value<T> || std::is_same_v<T, std::byte>, "the channels of an image are scalars");

 public:
  using value_type = T;

  /// Its content is indeterminate. Throws argument_error when there cannot be such an image.
  image(const runtime& owner, const image_shape& shape) : image(owner, {shape.channels, scalar_of<T>, shape.normalized}, shape) {}
  /// For image<std::byte>: `format` instead of the shape's channels.
  image(const runtime& owner, const image_format& format, const image_shape& shape)
      : memory_(std::make_shared<detail::flow_memory>(detail::core_of(owner),
                                                      detail::image_layout{format, shape.width, shape.height, shape.depth},
                                                      detail::element_of<T>())) {}
  /// With a copy of `content`. Also throws argument_error when it has not as many channels.
  image(const runtime& owner, const image_shape& shape, std::span<const T> content) : image(owner, shape) {
    detail::check_same_size(content.size(), size());
    memory_->fill_from(std::as_bytes(content));
  }
  image(const runtime& owner, const image_shape& shape, const std::vector<T>& content)
      : image(owner, shape, std::span<const T>(content)) {}

  /// Channels of all pixels.
  [[nodiscard]] std::size_t size() const noexcept { return memory_->size_bytes() / sizeof(T); }
  /// As buffer::reset.
  void reset() { memory_->heal(); }

  operator buffer_slice<T>() const { return {memory_, {0, memory_->size_bytes()}}; } // NOLINT: all of it

 private:
  std::shared_ptr<detail::flow_memory> memory_;
};

} // namespace clotho
