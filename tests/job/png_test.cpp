// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <zlib.h>

#include <clotho/job/png.hpp>

#include "damage.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::test;

namespace {

std::string big_endian(std::size_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  return text;
}

std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
  return big_endian(data.size()) + body + big_endian(crc);
}

std::string deflated(const std::string& data) {
  uLongf size = compressBound(static_cast<uLong>(data.size()));
  std::string packed(size, '\0');
  REQUIRE(compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                   reinterpret_cast<const Bytef*>(data.data()), static_cast<uLong>(data.size()))
          == Z_OK);
  packed.resize(size);
  return packed;
}

const std::string signature("\x89PNG\r\n\x1a\n", 8);
enum color : char { gray = 0, rgb = 2, palette = 3, gray_alpha = 4, rgb_alpha = 6 };

std::string header(std::size_t width, std::size_t height, char depth, color type, bool interlaced = false) {
  return chunk("IHDR", big_endian(width) + big_endian(height) + depth + static_cast<char>(type)
                           + std::string(2, '\0') + (interlaced ? '\1' : '\0'));
}

os::bytes bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// `rows` holds, for each row, a filter byte and its packed pixels.
os::bytes png_of(const std::string& start, const std::string& rows) {
  return bytes_of(signature + start + chunk("IDAT", deflated(rows)) + chunk("IEND", ""));
}

std::vector<int> pixels(const host_array& image) {
  std::vector<int> values;
  for (std::size_t i = 0; i < image.element_count(); ++i)
    values.push_back(static_cast<int>(to_double(image, i)));
  return values;
}

std::string refusal(const os::bytes& content) {
  return message_of<format_error>([&] { return read_png(content, "x.png"); });
}

using shape = std::vector<std::size_t>;
using ints = std::vector<int>;

host_array noise(scalar type, shape size) {
  host_array image = make_array(type, std::move(size));
  unsigned state = 1;
  for (std::byte& byte : image.data)
    byte = static_cast<std::byte>((state = state * 1664525 + 1013904223) >> 24);
  return image;
}

} // namespace

TEST_CASE("png: what is written is read again") {
  const temporary_folder folder;
  const auto path = folder / "x.png";
  for (const scalar type : {scalar::u8, scalar::u16})
    for (const shape& size : {shape{1, 1}, {1, 2}, {2, 1}, {255, 257}, {3, 5, 2}, {64, 64, 3}, {65, 63, 4}}) {
      CAPTURE(shape_text(size));
      const host_array image = noise(type, size);
      write_png(path, image);
      CHECK(read_png(path) == image);
    }
  SUBCASE("one channel is plain gray") {
    host_array image = noise(scalar::u8, {4, 3, 1});
    write_png(path, image);
    image.shape = {4, 3};
    CHECK(read_png(path) == image);
  }
}

TEST_CASE("png: every kind of pixel") {
  const std::string nul(1, '\0');
  SUBCASE("1, 2 and 4 bit gray is scaled to 8") {
    CHECK(pixels(read_png(png_of(header(3, 1, 1, gray), nul + "\xa0"))) == ints{255, 0, 255});
    CHECK(pixels(read_png(png_of(header(3, 1, 2, gray), nul + "\x1b"))) == ints{0, 85, 170});
    CHECK(pixels(read_png(png_of(header(2, 1, 4, gray), nul + "\x1f"))) == ints{17, 255});
  }
  SUBCASE("16 bit has native byte order") {
    const host_array image =
        read_png(png_of(header(2, 1, 16, gray), nul + std::string("\x01\x02\xff\x00", 4)));
    CHECK(image.type == scalar::u16);
    CHECK(pixels(image) == ints{0x0102, 0xff00});
  }
  SUBCASE("gray with alpha") {
    const host_array image =
        read_png(png_of(header(1, 2, 8, gray_alpha), nul + "\x01\x02" + nul + "\x03\x04"));
    CHECK(image.shape == shape{2, 1, 2});
    CHECK(pixels(image) == ints{1, 2, 3, 4});
  }
  SUBCASE("RGB and RGBA") {
    CHECK(pixels(read_png(png_of(header(1, 1, 8, rgb), nul + "\x01\x02\x03"))) == ints{1, 2, 3});
    CHECK(pixels(read_png(png_of(header(1, 1, 8, rgb_alpha), nul + "\x01\x02\x03\x04"))) == ints{1, 2, 3, 4});
  }
  SUBCASE("a palette becomes RGB") {
    const std::string start = header(2, 1, 1, palette) + chunk("PLTE", "\x01\x02\x03\x04\x05\x06");
    const host_array image = read_png(png_of(start, nul + "\x40"));
    CHECK(image.shape == shape{1, 2, 3});
    CHECK(pixels(image) == ints{1, 2, 3, 4, 5, 6});
  }
  SUBCASE("a palette with transparency becomes RGBA") {
    const std::string start =
        header(2, 1, 8, palette) + chunk("PLTE", "\x01\x02\x03\x04\x05\x06") + chunk("tRNS", "\x07");
    CHECK(pixels(read_png(png_of(start, nul + std::string("\x01\x00", 2))))
          == ints{4, 5, 6, 255, 1, 2, 3, 7});
  }
  SUBCASE("a transparent gray becomes an alpha channel") {
    const std::string start = header(2, 1, 8, gray) + chunk("tRNS", std::string("\x00\x09", 2));
    CHECK(pixels(read_png(png_of(start, nul + "\x08\x09"))) == ints{8, 255, 9, 0});
  }
  SUBCASE("interlaced") {
    // Adam7 of 2 x 2: pass 1 holds the first pixel, pass 6 the one right of it, pass 7 the second row.
    const std::string rows = nul + "\x01" + nul + "\x02" + nul + "\x03\x04";
    CHECK(pixels(read_png(png_of(header(2, 2, 8, gray, true), rows))) == ints{1, 2, 3, 4});
  }
}

TEST_CASE("png: arrays that are no images") {
  const temporary_folder folder;
  const auto write = [&](const host_array& image) {
    return message_of<argument_error>([&] { return write_png(folder / "x.png", image), 0; });
  };
  CHECK(write(make_array(scalar::f32, {2, 2}))
        == "a PNG image holds u8 or u16, not f32; scale the values to 0..255 or 0..65535 and convert() the "
           "array "
           "first");
  CHECK(write(make_array(scalar::u8, {4}))
        == "a PNG image is (height, width) or (height, width, 1 to 4 channels), not (4,)");
  CHECK(write(make_array(scalar::u8, {4, 4, 5})).ends_with("not (4, 4, 5)"));
  CHECK(write(make_array(scalar::u8, {4, 0})) == "a PNG image has at least one pixel");
  CHECK(write(make_array(scalar::u8, {1000001, 1}))
        == "a side of 1000001 pixels is too long for a PNG image; at most 1000000");
  CHECK_FALSE(std::filesystem::exists(folder / "x.png"));
}

TEST_CASE("png: files that are no images") {
  const temporary_folder folder;
  CHECK(refusal({}) == "x.png: cannot decode the PNG image: the file ends early");
  CHECK(refusal(bytes_of("GIF89a, not what the name says"))
        == "x.png: cannot decode the PNG image: Not a PNG file");
  CHECK(refusal(png_of(header(70000, 70000, 8, rgb), ""))
            .starts_with("x.png: declares 70000 x 70000 pixels, more than "));
  CHECK(refusal(png_of(header(2000000, 1, 8, gray), "")).starts_with("x.png: cannot decode the PNG image: "));
  CHECK(refusal(png_of(header(2, 2, 8, gray), std::string(3, '\0')))
            .starts_with("x.png: cannot decode the PNG image: "));
  CHECK(refusal(png_of(header(1, 1, 8, palette), std::string(2, '\0')))
            .starts_with("x.png: cannot decode the PNG image: "));
  CHECK_THROWS_AS((void)read_png(folder / "none.png"), io_error);
}

TEST_CASE("png: damaged files") {
  const temporary_folder folder;
  const auto path = folder / "x.png";
  const auto read = [](const os::bytes& content) { return read_png(content); };
  for (const scalar type : {scalar::u8, scalar::u16}) {
    write_png(path, noise(type, {5, 7, 3}));
    const os::bytes whole = os::read_file(path);
    check_truncations(whole, read);
    check_flips(whole, 2000, read);
  }
  // Past the checksums, which keep most damage from the decoder.
  const std::string nul(1, '\0');
  const os::bytes interlaced =
      png_of(header(2, 2, 8, gray, true), nul + "\x01" + nul + "\x02" + nul + "\x03\x04");
  check_flips(interlaced, 2000, read);
}
