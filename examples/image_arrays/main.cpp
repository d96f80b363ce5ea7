// SPDX-License-Identifier: Apache-2.0
// A picture through arrays: brightness by channel weights, a blur and edges by slices, a vignette by repeated
// shapes. No kernel is written down: each assignment makes one.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <clotho/algo/array_reduce.hpp>
#include <clotho/job/png.hpp>
#include <support/command_line.hpp>

namespace {

using clotho::array;
using clotho::axis;
using clotho::slice;

struct options {
  std::size_t width = 320, height = 200;
  std::string input, output, devices;
  bool check = false;
};

// Rings, as a photograph is not at hand.
clotho::host_array rings(const options& o) {
  clotho::host_array made = clotho::make_array(clotho::scalar::u8, {o.height, o.width, 3});
  const std::span<std::uint8_t> pixels = made.values<std::uint8_t>();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const double x = static_cast<double>(i / 3 % o.width), y = static_cast<double>(i / 3 / o.width);
    pixels[i] = static_cast<std::uint8_t>(
        127.5 + 127.5 * std::sin(std::hypot(x - 30, y - 20) * (0.1 + 0.05 * static_cast<double>(i % 3))));
  }
  return made;
}

clotho::host_array picture_of(const options& o) {
  clotho::host_array picture = o.input.empty() ? rings(o) : clotho::read_png(o.input);
  if (picture.type != clotho::scalar::u8 || picture.shape.size() != 3 || picture.shape[2] < 3)
    throw clotho::argument_error("'" + o.input + "' is not a picture of 8 bits in red, green and blue");
  if (picture.shape[0] < 3 || picture.shape[1] < 3)
    throw clotho::argument_error("the picture is too small: 3 x 3 pixels at least");
  return picture;
}

// 0 to 1.
array<float> brightness(const array<std::uint8_t>& rgb) {
  const array<float> weights(rgb.where(), std::vector<float>{0.299f, 0.587f, 0.114f});
  return sum(rgb(slice(), slice(), slice(0, 3)) * weights, axis(-1)) / 255.0f;
}

// One pixel less on each side.
array<float> edges(const array<float>& gray) {
  const auto at = [&](std::int64_t dy, std::int64_t dx) {
    const auto part = [](std::int64_t d) { return d == 1 ? slice(2) : slice(1 + d, d - 1); };
    return gray(part(dy), part(dx));
  };
  const array<float> across = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
  const array<float> down = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
  return hypot(across, down);
}

// Darker towards the corners.
array<float> vignette(const clotho::placement& where, const clotho::extents& shape) {
  const array<float> y = clotho::linspace(where, -1.0f, 1.0f, shape[0]),
                     x = clotho::linspace(where, -1.0f, 1.0f, shape[1]);
  return 1 - 0.4f * (y.expanded(-1) * y.expanded(-1) + x * x);
}

array<std::uint8_t> drawn(const array<std::uint8_t>& rgb) {
  const array<float> found = edges(brightness(rgb));
  const float strongest = std::max(clotho::max(found).get(), 1e-6f);
  return cast<std::uint8_t>(255.0f * sqrt(found / strongest) * vignette(rgb.where(), found.shape()));
}

// The same by plain loops.
std::vector<double> drawn_by_loops(const clotho::host_array& picture) {
  const std::size_t h = picture.shape[0], w = picture.shape[1], channels = picture.shape[2];
  const auto pixels = picture.values<std::uint8_t>();
  const auto gray = [&](std::size_t y, std::size_t x) {
    const std::size_t i = (y * w + x) * channels;
    return (0.299 * pixels[i] + 0.587 * pixels[i + 1] + 0.114 * pixels[i + 2]) / 255;
  };
  std::vector<double> found;
  for (std::size_t y = 1; y + 1 < h; ++y)
    for (std::size_t x = 1; x + 1 < w; ++x) {
      double across = 0, down = 0;
      for (int d = -1; d <= 1; ++d) {
        const auto s = static_cast<std::size_t>(d + 1);
        across += (2 - std::abs(d)) * (gray(y + s - 1, x + 1) - gray(y + s - 1, x - 1));
        down += (2 - std::abs(d)) * (gray(y + 1, x + s - 1) - gray(y - 1, x + s - 1));
      }
      found.push_back(std::hypot(across, down));
    }
  const double strongest = std::max(*std::max_element(found.begin(), found.end()), 1e-6);
  const auto place = [](std::size_t i, std::size_t n) {
    return n < 2 ? -1.0 : -1 + 2.0 * static_cast<double>(i) / static_cast<double>(n - 1);
  };
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double y = place(i / (w - 2), h - 2), x = place(i % (w - 2), w - 2);
    found[i] = 255 * std::sqrt(found[i] / strongest) * (1 - 0.4 * (y * y + x * x));
  }
  return found;
}

bool is_right(const clotho::host_array& picture, const std::vector<std::uint8_t>& got) {
  const std::vector<double> expected = drawn_by_loops(picture);
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i) worst = std::max(worst, std::abs(got[i] + 0.5 - expected[i]));
  std::printf("check: at most %.2f of 255 from plain loops\n", worst);
  return got.size() == expected.size() && worst < 1.5;
}

bool image_arrays(const options& o) {
  const clotho::host_array picture = picture_of(o);
  const clotho::runtime rt(o.devices);
  const array<std::uint8_t> rgb(rt, clotho::extents(picture.shape), picture.values<std::uint8_t>());
  const array<std::uint8_t> made = drawn(rgb);
  std::printf("%zu x %zu pixels: mean %.1f\n", picture.shape[1], picture.shape[0],
              static_cast<double>(mean(made).get()));
  const std::vector<std::uint8_t> pixels = made.to_vector();
  if (!o.output.empty()) {
    clotho::host_array result = clotho::make_array(clotho::scalar::u8, {made.shape()[0], made.shape()[1]});
    std::copy(pixels.begin(), pixels.end(), result.values<std::uint8_t>().begin());
    clotho::write_png(o.output, result);
  }
  return !o.check || is_right(picture, pixels);
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line("image_arrays", "The edges of a picture, by arrays.");
  line.text("--input", o.input, "FILE", "a PNG file of colours; without it, rings");
  line.number("--width", o.width, 3, 16384, "pixels in a row of the rings");
  line.number("--height", o.height, 3, 16384, "rows of the rings");
  line.text("--output", o.output, "FILE", "the picture that is made, a PNG file");
  line.flag("--check", o.check, "compare with plain loops");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return image_arrays(o); });
}
