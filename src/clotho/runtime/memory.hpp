#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <clotho/core/element_type.hpp>
#include <clotho/runtime/context.hpp>

namespace clotho {

namespace detail {
struct buffer_state;
struct image_state;
struct sampler_state;
} // namespace detail

/// What kernels may do with a memory object.
enum class kernel_access { read_write, read_only, write_only };

/// A piece of device memory. A handle: copies name the same memory.
///
/// A buffer may know the type of its elements; then every launch checks it against the kernel's pointer.
class device_buffer {
 public:
  /// Memory of `size` bytes, 0 included; its content is indeterminate.
  /// Throws capability_error when the device cannot allocate that much at once, error when it is out of
  /// memory.
  device_buffer(const context& owner, std::size_t size_bytes,
                kernel_access access = kernel_access::read_write);

  /// Memory for `count` elements.
  template <class T>
  [[nodiscard]] static device_buffer of(const context& owner, std::size_t count,
                                        kernel_access access = kernel_access::read_write) {
    return typed(owner, {scalar_of<T>, 1}, count, access);
  }
  [[nodiscard]] static device_buffer typed(const context& owner, element_type type, std::size_t count,
                                           kernel_access access = kernel_access::read_write);

  /// Host memory as device memory. Zero copy where the device shares the host's memory, the driver is trusted
  /// with it and `memory` is aligned as the device wants; elsewhere a copy is made now. Either way the
  /// content belongs to the device until it is mapped or read, and `memory` must outlive the buffer.
  [[nodiscard]] static device_buffer over(const context& owner, std::span<std::byte> memory);

  /// A part of this buffer, sharing its memory. `offset_bytes` must be a multiple of the device's base
  /// alignment. Throws argument_error.
  [[nodiscard]] device_buffer slice(std::size_t offset_bytes, std::size_t size_bytes) const;

  /// The same memory, of which only the first `size_bytes` count: no part, which would have to be aligned and made by the
  /// driver. Throws argument_error when there are not as many.
  [[nodiscard]] device_buffer first(std::size_t size_bytes) const;

  [[nodiscard]] std::size_t size_bytes() const noexcept;
  [[nodiscard]] std::optional<element_type> element() const noexcept;
  [[nodiscard]] kernel_access access() const noexcept;
  /// The buffer works on the host memory it was made over.
  [[nodiscard]] bool zero_copy() const noexcept;
  [[nodiscard]] const context& owner() const noexcept;

  explicit device_buffer(std::shared_ptr<detail::buffer_state> state) : state_(std::move(state)) {}
  [[nodiscard]] const detail::buffer_state& state() const noexcept { return *state_; }

 private:
  std::shared_ptr<detail::buffer_state> state_;
};

/// How the pixels of an image are stored.
struct image_format {
  std::uint8_t channels = 4; ///< 1 (R), 2 (RG) or 4 (RGBA)
  scalar type = scalar::u8;
  bool normalized = true; ///< integers read as floats from 0 (or -1) to 1; ignored for floating types
  [[nodiscard]] std::size_t pixel_bytes() const noexcept { return channels * size_bytes(type); }
  friend bool operator==(const image_format&, const image_format&) = default;
};

/// A 2D or 3D image. A handle.
class device_image {
 public:
  /// `depth` 0 makes a 2D image. Throws capability_error when the device has no images, not of this format,
  /// or not of this size.
  device_image(const context& owner, image_format format, std::size_t width, std::size_t height,
               std::size_t depth = 0, kernel_access access = kernel_access::read_write);

  [[nodiscard]] image_format format() const noexcept;
  /// Width, height, depth; depth is 1 for 2D.
  [[nodiscard]] std::array<std::size_t, 3> extent() const noexcept;
  [[nodiscard]] unsigned dimensions() const noexcept;
  [[nodiscard]] std::size_t size_bytes() const noexcept;
  [[nodiscard]] kernel_access access() const noexcept;

  [[nodiscard]] const detail::image_state& state() const noexcept { return *state_; }

 private:
  std::shared_ptr<detail::image_state> state_;
};

enum class address_mode { none, clamp_to_edge, clamp, repeat, mirrored_repeat };
enum class filter_mode { nearest, linear };
/// As they are written here: "clamp_to_edge".
[[nodiscard]] const char* to_string(address_mode mode) noexcept;
[[nodiscard]] const char* to_string(filter_mode mode) noexcept;
[[nodiscard]] std::optional<address_mode> parse_address_mode(std::string_view name) noexcept;
[[nodiscard]] std::optional<filter_mode> parse_filter_mode(std::string_view name) noexcept;

/// How a kernel reads an image between and beyond its pixels.
struct sampling {
  filter_mode filter = filter_mode::nearest;
  address_mode address = address_mode::clamp_to_edge;
  bool normalized_coordinates = false; ///< from 0 to 1, instead of pixels
  friend auto operator<=>(const sampling&, const sampling&) = default;
};

/// The same, made for a context. A handle.
class sampler {
 public:
  /// Throws argument_error when an address mode that repeats comes without normalized coordinates.
  explicit sampler(const context& owner, const sampling& how = {});
  sampler(const context& owner, filter_mode filter, address_mode address = address_mode::clamp_to_edge,
          bool normalized_coordinates = false)
      : sampler(owner, sampling{filter, address, normalized_coordinates}) {}

  [[nodiscard]] const detail::sampler_state& state() const noexcept { return *state_; }

 private:
  std::shared_ptr<detail::sampler_state> state_;
};

/// Memory for a `__local` pointer argument, one piece per work-group.
struct local_memory {
  std::size_t size_bytes = 0;
  template <class T> [[nodiscard]] static local_memory of(std::size_t count) { return {count * sizeof(T)}; }
};

} // namespace clotho
