#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <span>

#include <clotho/job/detail/png_state.hpp>

namespace clotho::detail {

/// Decodes one PNG image in three steps. Each returns false when libpng fails; message() then says why.
class png_decoder {
 public:
  /// `content` must outlive the decoder. Throws std::bad_alloc.
  explicit png_decoder(std::span<const std::byte> content);
  ~png_decoder();
  png_decoder(const png_decoder&) = delete;
  png_decoder& operator=(const png_decoder&) = delete;

  /// Everything up to the pixels: height, width and, as stored, row_bytes() are known.
  [[nodiscard]] bool read_header() noexcept;
  /// Asks for 8 or 16 bits a channel, no palette, native byte order: channels, depth and, expanded,
  /// row_bytes() are known.
  [[nodiscard]] bool expand() noexcept;
  /// All rows, one after the other, to `pixels`, and the rest of the file.
  [[nodiscard]] bool read_pixels(std::byte* pixels) noexcept;

  [[nodiscard]] std::uint64_t height() const noexcept;
  [[nodiscard]] std::uint64_t width() const noexcept;
  [[nodiscard]] std::size_t channels() const noexcept;
  [[nodiscard]] int depth() const noexcept;
  [[nodiscard]] std::uint64_t row_bytes() const noexcept;
  [[nodiscard]] const char* message() const noexcept { return state_.message.data(); }

 private:
  static void on_read(png_structp png, png_bytep target, std::size_t count);
  void read_rows(std::byte* pixels);

  png_state state_;
  std::span<const std::byte> left_;
  int passes_ = 1;
};

} // namespace clotho::detail
