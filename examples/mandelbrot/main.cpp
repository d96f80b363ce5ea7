// SPDX-License-Identifier: Apache-2.0
// The Mandelbrot set: one statement of OpenCL C for each pixel, and colours made with arrays.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <clotho/algo/array_reduce.hpp>
#include <clotho/algo/elementwise.hpp>
#include <clotho/job/png.hpp>
#include <support/command_line.hpp>

namespace {

struct options {
  std::size_t width = 600, height = 400, iterations = 200;
  std::string output, devices;
  bool check = false;
};

// Which part of the plane a pixel shows.
struct view {
  float left, top, step;
};

view whole_set(const options& o) {
  const float step = 3.0f / static_cast<float>(o.width);
  return {-2.1f, -step * static_cast<float>(o.height) / 2, step};
}

constexpr const char* statement = R"(
  const float re = left + step * (i % width), im = top + step * (i / width);
  float x = 0, y = 0;
  int k = 0;
  while (k < most && x * x + y * y <= 4) {
    const float next = x * x - y * y + re;
    y = 2 * x * y + im;
    x = next;
    ++k;
  }
  steps[i] = k)";

int steps_at(const view& v, std::size_t column, std::size_t row, int most) {
  const float re = v.left + v.step * static_cast<float>(column),
              im = v.top + v.step * static_cast<float>(row);
  float x = 0, y = 0;
  int k = 0;
  for (; k < most && x * x + y * y <= 4; ++k) {
    const float next = x * x - y * y + re;
    y = 2 * x * y + im;
    x = next;
  }
  return k;
}

// The border is where rounding decides: a few pixels there may differ.
bool is_right(const options& o, const view& v, const std::vector<int>& steps) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < steps.size(); ++i)
    wrong += steps[i] != steps_at(v, i % o.width, i / o.width, static_cast<int>(o.iterations)) ? 1 : 0;
  std::printf("check: %zu of %zu pixels differ from plain loops\n", wrong, steps.size());
  return wrong * 50 <= steps.size();
}

// Blue to white by how soon a point escapes; black inside. One launch for all three channels.
clotho::array<std::uint8_t> coloured(const clotho::array<int>& steps, std::size_t most) {
  using namespace clotho;
  const array<float> curve(steps.where(), std::vector<float>{1.0f, 0.6f, 0.3f}); // red rises last
  const auto height = cast<float>(steps.expanded(-1)) / static_cast<float>(most);
  return where(steps.expanded(-1) < static_cast<int>(most), cast<std::uint8_t>(255.0f * pow(height, curve)),
               0);
}

void save(const std::string& file, const clotho::array<std::uint8_t>& pixels) {
  const std::span<const std::size_t> shape = pixels.shape().sizes();
  clotho::host_array picture = clotho::make_array(clotho::scalar::u8, {shape.begin(), shape.end()});
  const std::vector<std::uint8_t> content = pixels.to_vector();
  std::copy(content.begin(), content.end(), picture.values<std::uint8_t>().begin());
  clotho::write_png(file, picture);
}

bool mandelbrot(const options& o) {
  using namespace clotho;
  const runtime rt(o.devices);
  const elementwise iterate(rt, "float left, float top, float step, uint width, int most, int* steps",
                            statement);
  const view v = whole_set(o);
  const array<int> steps(rt, extents(std::vector<std::size_t>{o.height, o.width}));
  iterate(v.left, v.top, v.step, o.width, o.iterations, steps);

  const std::uint64_t inside = sum(steps == static_cast<int>(o.iterations)).get();
  std::printf("%zu x %zu pixels, up to %zu steps: %.1f %% are inside\n", o.width, o.height, o.iterations,
              100 * static_cast<double>(inside) / static_cast<double>(steps.size()));
  if (!o.output.empty()) save(o.output, coloured(steps, o.iterations));
  return !o.check || is_right(o, v, steps.to_vector());
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line("mandelbrot", "The Mandelbrot set as a picture.");
  line.number("--width", o.width, 1, 16384, "pixels in a row");
  line.number("--height", o.height, 1, 16384, "rows");
  line.number("--iterations", o.iterations, 1, 100'000, "steps before a point counts as inside");
  line.text("--output", o.output, "FILE", "the picture, a PNG file");
  line.flag("--check", o.check, "compare with plain loops");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return mandelbrot(o); });
}
