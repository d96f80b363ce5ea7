#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

#include <clotho/core/os/file.hpp>
#include <clotho/job/detail/png_state.hpp>

namespace clotho::detail {

/// What an encoder needs to know of an image.
struct png_format {
  png_uint_32 height, width;
  std::size_t channels; ///< 1 to 4
  int depth;            ///< 8 or 16
};

/// Encodes one PNG image.
class png_encoder {
 public:
  /// Throws std::bad_alloc.
  png_encoder();
  ~png_encoder();
  png_encoder(const png_encoder&) = delete;
  png_encoder& operator=(const png_encoder&) = delete;

  /// All rows, one after the other, from `pixels`. False when libpng fails; message() then says why.
  [[nodiscard]] bool write(const png_format& format, const std::byte* pixels) noexcept;

  [[nodiscard]] const os::bytes& content() const noexcept { return content_; }
  [[nodiscard]] const char* message() const noexcept { return state_.message.data(); }

 private:
  static void on_write(png_structp png, png_bytep data, std::size_t count);
  static void on_flush(png_structp) {}
  bool append(const std::byte* data, std::size_t count) noexcept;
  void write_rows(const png_format& format, const std::byte* pixels);

  png_state state_;
  os::bytes content_;
};

} // namespace clotho::detail
