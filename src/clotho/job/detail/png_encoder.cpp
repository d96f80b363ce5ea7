// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/png_encoder.hpp>

#include <array>
#include <bit>
#include <new>

namespace clotho::detail {
namespace {

constexpr std::array<int, 5> color_types{0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                         PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};

} // namespace

png_encoder::png_encoder() {
  state_.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state_, on_png_error, on_png_warning);
  if (state_.png) state_.info = png_create_info_struct(state_.png);
  if (state_.info) return;
  png_destroy_write_struct(&state_.png, nullptr);
  throw std::bad_alloc();
}

png_encoder::~png_encoder() { png_destroy_write_struct(&state_.png, &state_.info); }

bool png_encoder::append(const std::byte* data, std::size_t count) noexcept {
  try {
    content_.insert(content_.end(), data, data + count);
    return true;
  } catch (const std::bad_alloc&) { // No exception may pass through libpng.
    return false;
  }
}

void png_encoder::on_write(png_structp png, png_bytep data, std::size_t count) {
  auto* self = static_cast<png_encoder*>(png_get_io_ptr(png));
  if (!self->append(reinterpret_cast<const std::byte*>(data), count)) png_error(png, "out of memory");
}

bool png_encoder::write(const png_format& format, const std::byte* pixels) noexcept {
  if (setjmp(png_jmpbuf(state_.png))) return false;
  png_set_write_fn(state_.png, this, on_write, on_flush);
  png_set_IHDR(state_.png, state_.info, format.width, format.height, format.depth,
               color_types[format.channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(state_.png, state_.info);
  if (format.depth == 16 && std::endian::native == std::endian::little) png_set_swap(state_.png);
  write_rows(format, pixels);
  png_write_end(state_.png, state_.info);
  return true;
}

void png_encoder::write_rows(const png_format& format, const std::byte* pixels) {
  const std::size_t stride = format.width * format.channels * static_cast<std::size_t>(format.depth / 8);
  for (std::size_t y = 0; y < format.height; ++y)
    png_write_row(state_.png, reinterpret_cast<png_const_bytep>(pixels + y * stride));
}

} // namespace clotho::detail
