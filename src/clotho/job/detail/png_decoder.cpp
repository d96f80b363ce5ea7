// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/png_decoder.hpp>

#include <algorithm>
#include <bit>
#include <new>

namespace clotho::detail {

png_decoder::png_decoder(std::span<const std::byte> content) : left_(content) {
  state_.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state_, on_png_error, on_png_warning);
  if (state_.png) state_.info = png_create_info_struct(state_.png);
  if (state_.info) return;
  png_destroy_read_struct(&state_.png, nullptr, nullptr);
  throw std::bad_alloc();
}

png_decoder::~png_decoder() { png_destroy_read_struct(&state_.png, &state_.info, nullptr); }

void png_decoder::on_read(png_structp png, png_bytep target, std::size_t count) {
  auto& left = static_cast<png_decoder*>(png_get_io_ptr(png))->left_;
  if (count > left.size()) png_error(png, "the file ends early");
  std::copy_n(left.data(), count, reinterpret_cast<std::byte*>(target));
  left = left.subspan(count);
}

bool png_decoder::read_header() noexcept {
  if (setjmp(png_jmpbuf(state_.png))) return false;
  png_set_read_fn(state_.png, this, on_read);
  png_set_user_limits(state_.png, largest_png_side, largest_png_side);
  png_read_info(state_.png, state_.info);
  return true;
}

bool png_decoder::expand() noexcept {
  if (setjmp(png_jmpbuf(state_.png))) return false;
  png_set_expand(state_.png);
  if (std::endian::native == std::endian::little) png_set_swap(state_.png);
  passes_ = png_set_interlace_handling(state_.png);
  png_read_update_info(state_.png, state_.info);
  return true;
}

bool png_decoder::read_pixels(std::byte* pixels) noexcept {
  if (setjmp(png_jmpbuf(state_.png))) return false;
  read_rows(pixels);
  png_read_end(state_.png, nullptr);
  return true;
}

void png_decoder::read_rows(std::byte* pixels) {
  const std::size_t stride = png_get_rowbytes(state_.png, state_.info);
  const png_uint_32 rows = png_get_image_height(state_.png, state_.info);
  for (int pass = 0; pass < passes_; ++pass)
    for (std::size_t y = 0; y < rows; ++y)
      png_read_row(state_.png, reinterpret_cast<png_bytep>(pixels + y * stride), nullptr);
}

std::uint64_t png_decoder::height() const noexcept { return png_get_image_height(state_.png, state_.info); }
std::uint64_t png_decoder::width() const noexcept { return png_get_image_width(state_.png, state_.info); }
std::size_t png_decoder::channels() const noexcept { return png_get_channels(state_.png, state_.info); }
int png_decoder::depth() const noexcept { return png_get_bit_depth(state_.png, state_.info); }
std::uint64_t png_decoder::row_bytes() const noexcept { return png_get_rowbytes(state_.png, state_.info); }

} // namespace clotho::detail
