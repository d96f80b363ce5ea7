// SPDX-License-Identifier: Apache-2.0
#include "frames.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include <clotho/job/png.hpp>

namespace example {

namespace {

namespace fs = std::filesystem;
using clotho::host_array;
using clotho::scalar;

frame_size size_of(const host_array& picture) { return {picture.shape[1], picture.shape[0]}; }

std::uint8_t byte_at(const host_array& picture, std::size_t i) {
  return picture.type == scalar::u16 ? static_cast<std::uint8_t>(picture.values<std::uint16_t>()[i] >> 8)
                                     : picture.values<std::uint8_t>()[i];
}

class gray_picture {
 public:
  explicit gray_picture(frame_size size) : size_(size), values_(size.width * size.height) {}

  /// Beyond the border the nearest pixel counts.
  [[nodiscard]] int at(std::ptrdiff_t x, std::ptrdiff_t y) const {
    const auto w = static_cast<std::ptrdiff_t>(size_.width), h = static_cast<std::ptrdiff_t>(size_.height);
    return values_[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(y, 0, h - 1) * w
                                            + std::clamp<std::ptrdiff_t>(x, 0, w - 1))];
  }
  template <class Pixel> static gray_picture made_of(frame_size size, Pixel&& pixel) {
    gray_picture made(size);
    for (std::size_t i = 0; i < made.values_.size(); ++i)
      made.values_[i] =
          pixel(static_cast<std::ptrdiff_t>(i % size.width), static_cast<std::ptrdiff_t>(i / size.width));
    return made;
  }

 private:
  frame_size size_;
  std::vector<int> values_;
};

int blurred(const gray_picture& bright, std::ptrdiff_t x, std::ptrdiff_t y) {
  constexpr std::array weights{1, 4, 6, 4, 1};
  int sum = 0;
  for (std::size_t j = 0; j < 5; ++j)
    for (std::size_t i = 0; i < 5; ++i)
      sum += weights[j] * weights[i]
             * bright.at(x + static_cast<std::ptrdiff_t>(i) - 2, y + static_cast<std::ptrdiff_t>(j) - 2);
  return sum / 256;
}

int edge(const gray_picture& soft, std::ptrdiff_t x, std::ptrdiff_t y) {
  int across = 0, down = 0;
  for (const auto& [d, weight] : {std::pair<std::ptrdiff_t, int>{-1, 1}, {0, 2}, {1, 1}}) {
    across += weight * (soft.at(x + 1, y + d) - soft.at(x - 1, y + d));
    down += weight * (soft.at(x + d, y + 1) - soft.at(x + d, y - 1));
  }
  return 255 - std::min(255, std::abs(across) + std::abs(down));
}

} // namespace

std::vector<frame> list_frames(const fs::path& from, const fs::path& to) {
  std::vector<frame> found;
  for (const fs::directory_entry& one : fs::directory_iterator(from))
    if (one.path().extension() == ".png") found.push_back({one.path(), to / one.path().filename()});
  if (found.empty()) throw std::runtime_error("there is no .png file in '" + from.string() + "'");
  std::sort(found.begin(), found.end(), [](const frame& a, const frame& b) { return a.from < b.from; });
  return found;
}

void draw_frame(const fs::path& file, frame_size size, std::size_t index, std::size_t count) {
  host_array picture = clotho::make_array(scalar::u8, {size.height, size.width, 3});
  const std::span<std::uint8_t> rgb = picture.values<std::uint8_t>();
  const double w = static_cast<double>(size.width), h = static_cast<double>(size.height),
               radius = std::min(w, h) / 5;
  const double way = static_cast<double>(index) / static_cast<double>(count);
  for (std::size_t i = 0; i < size.width * size.height; ++i) {
    const double x = static_cast<double>(i % size.width), y = static_cast<double>(i / size.width);
    const bool disc = std::hypot(x - way * w, y - h / 2) < radius;
    const bool tile = (static_cast<int>(8 * x / w) + static_cast<int>(6 * y / h)) % 2 == 0;
    rgb[3 * i] = disc ? 230 : static_cast<std::uint8_t>(60 * x / w);
    rgb[3 * i + 1] = disc ? 180 : (tile ? 110 : 140);
    rgb[3 * i + 2] = disc ? 40 : static_cast<std::uint8_t>(200 * y / h);
  }
  clotho::write_png(file, picture);
}

frame_size size_of(const fs::path& file) { return size_of(clotho::read_png(file)); }

void decode(const fs::path& file, frame_size size, std::span<std::uint8_t> rgb) {
  const host_array picture = clotho::read_png(file);
  const auto [width, height] = size_of(picture);
  if (width != size.width || height != size.height)
    throw std::runtime_error("'" + file.string() + "' has " + std::to_string(width) + " x "
                             + std::to_string(height) + " pixels, the first picture "
                             + std::to_string(size.width) + " x " + std::to_string(size.height)
                             + "; all of a stream must be of one size");
  const std::size_t channels = picture.element_count() / (width * height);
  const bool coloured = channels >= 3; // else gray, perhaps with an alpha channel
  for (std::size_t i = 0; i < width * height; ++i)
    for (std::size_t c = 0; c < 3; ++c) rgb[3 * i + c] = byte_at(picture, i * channels + (coloured ? c : 0));
}

void encode(const fs::path& file, frame_size size, std::span<const std::uint8_t> gray) {
  host_array picture = clotho::make_array(scalar::u8, {size.height, size.width});
  std::copy(gray.begin(), gray.end(), picture.values<std::uint8_t>().begin());
  clotho::write_png(file, picture);
}

bool same_as_plain_loops(const frame& done, frame_size size) {
  std::vector<std::uint8_t> rgb(3 * size.width * size.height);
  decode(done.from, size, rgb);
  const auto bright = gray_picture::made_of(size, [&](std::ptrdiff_t x, std::ptrdiff_t y) {
    const std::uint8_t* p =
        &rgb[3 * (static_cast<std::size_t>(y) * size.width + static_cast<std::size_t>(x))];
    return (54 * p[0] + 183 * p[1] + 19 * p[2]) / 256;
  });
  const auto soft =
      gray_picture::made_of(size, [&](std::ptrdiff_t x, std::ptrdiff_t y) { return blurred(bright, x, y); });
  decode(done.to, size, rgb); // gray: its three channels are one
  for (std::size_t i = 0; i < size.width * size.height; ++i)
    if (rgb[3 * i]
        != edge(soft, static_cast<std::ptrdiff_t>(i % size.width),
                static_cast<std::ptrdiff_t>(i / size.width)))
      return false;
  return true;
}

} // namespace example
