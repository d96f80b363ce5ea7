// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/png.hpp>

#include <cstdint>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/detail/format_failure.hpp>
#include <clotho/job/detail/png_decoder.hpp>
#include <clotho/job/detail/png_encoder.hpp>

namespace clotho {
namespace {

using detail::png_decoder;
using detail::throw_format;

constexpr std::uint64_t most_pixel_bytes = std::uint64_t{4} << 30;

[[noreturn]] void fail(const png_decoder& decoder, const std::string& name) {
  throw_format(name, std::string("cannot decode the PNG image: ") + decoder.message());
}

// No deflate stream inflates to more than 1032 times its size: a tiny file cannot hold a huge image.
void check_plausible(const png_decoder& decoder, std::size_t file_bytes, const std::string& name) {
  const std::uint64_t stored = decoder.height() * decoder.row_bytes();
  if (stored / 1032 > file_bytes)
    throw_format(name, "declares " + std::to_string(decoder.width()) + " x "
                           + std::to_string(decoder.height()) + " pixels, more than "
                           + std::to_string(file_bytes) + " bytes can hold");
}

std::vector<std::size_t> shape_of(const png_decoder& decoder) {
  std::vector<std::size_t> shape{static_cast<std::size_t>(decoder.height()),
                                 static_cast<std::size_t>(decoder.width())};
  if (decoder.channels() > 1) shape.push_back(decoder.channels());
  return shape;
}

host_array decode(png_decoder& decoder, std::size_t file_bytes, const std::string& name) {
  if (!decoder.read_header()) fail(decoder, name);
  check_plausible(decoder, file_bytes, name);
  if (!decoder.expand()) fail(decoder, name);
  const std::uint64_t size = decoder.height() * decoder.row_bytes();
  if (size > most_pixel_bytes)
    throw_format(name, "holds " + format_size(size) + " of pixels; at most " + format_size(most_pixel_bytes)
                           + " are read");
  host_array array = make_array(decoder.depth() == 16 ? scalar::u16 : scalar::u8, shape_of(decoder));
  if (array.size_bytes() != size) throw_format(name, "libpng and clotho disagree on the size of a row");
  if (!decoder.read_pixels(array.data.data())) fail(decoder, name);
  return array;
}

void check_side(std::size_t side) {
  if (side == 0) throw argument_error("a PNG image has at least one pixel");
  if (side > detail::largest_png_side)
    throw argument_error("a side of " + std::to_string(side) + " pixels is too long for a PNG image; at most "
                         + std::to_string(detail::largest_png_side));
}

detail::png_format format_of(const host_array& array) {
  const auto& shape = array.shape;
  if (array.type != scalar::u8 && array.type != scalar::u16)
    throw argument_error(std::string("a PNG image holds u8 or u16, not ") + short_name(array.type)
                         + "; scale the values to 0..255 or 0..65535 and convert() the array first");
  const std::size_t channels = shape.size() == 3 ? shape[2] : 1;
  if (shape.size() < 2 || shape.size() > 3 || channels < 1 || channels > 4)
    throw argument_error("a PNG image is (height, width) or (height, width, 1 to 4 channels), not "
                         + shape_text(shape));
  check_side(shape[0]);
  check_side(shape[1]);
  return {static_cast<png_uint_32>(shape[0]), static_cast<png_uint_32>(shape[1]), channels,
          array.type == scalar::u16 ? 16 : 8};
}

} // namespace

host_array read_png(const std::filesystem::path& path) {
  return read_png(os::read_file(path), path.string());
}

host_array read_png(std::span<const std::byte> content, const std::string& name) {
  png_decoder decoder(content);
  return decode(decoder, content.size(), name);
}

void write_png(const std::filesystem::path& path, const host_array& array) {
  const detail::png_format format = format_of(array);
  array.check();
  detail::png_encoder encoder;
  if (!encoder.write(format, array.data.data()))
    throw error("cannot encode '" + path.string() + "': " + encoder.message());
  os::write_file(path, encoder.content());
}

} // namespace clotho
