// SPDX-License-Identifier: Apache-2.0
// The heat equation on a plate whose border is kept cold. A hot spot in the shape of a sine decays by a law
// that is known, so the result is compared with physics, too. The loop's body is one function, which is all
// that a time step is.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <clotho/flow/runtime.hpp>
#include <support/command_line.hpp>

namespace {

using field = std::vector<float>;

constexpr float r = 0.2f; // diffusivity * time step / spacing^2

struct options {
  std::size_t width = 64, height = 48, steps = 500;
  bool check = false;
  std::string devices;
};

double wave_number(std::size_t points) { return std::numbers::pi / static_cast<double>(points - 1); }

// 1 in the middle, 0 on the border: the shape that decays without changing.
field sine(const options& o) {
  field hot(o.width * o.height);
  for (std::size_t y = 0; y < o.height; ++y)
    for (std::size_t x = 0; x < o.width; ++x)
      hot[y * o.width + x] = static_cast<float>(std::sin(wave_number(o.width) * static_cast<double>(x))
                                                * std::sin(wave_number(o.height) * static_cast<double>(y)));
  return hot;
}

// How much of `shape` there is in `now`.
double amplitude(const field& now, const field& shape) {
  double common = 0, own = 0;
  for (std::size_t i = 0; i < now.size(); ++i) {
    common += double{now[i]} * double{shape[i]};
    own += double{shape[i]} * double{shape[i]};
  }
  return common / own;
}

struct decay {
  double amplitude; // what the equation says
  double tolerance; // how far off the grid and the time step may lead, at most
};

// exp(-(kx^2 + ky^2) t). The grid takes k^2 - k^4 / 12 for k^2, and the step rate + r rate^2 / 2 for the
// rate, to first order.
decay analytic(const options& o) {
  const double kx = std::pow(wave_number(o.width), 2), ky = std::pow(wave_number(o.height), 2);
  const double rate = kx + ky, time = double{r} * static_cast<double>(o.steps);
  const double expected = std::exp(-rate * time);
  const double error_of_rate = (kx * kx + ky * ky) / 12 + double{r} * rate * rate / 2;
  return {expected, 2 * expected * error_of_rate * time + 1e-5};
}

field plain_loops(const options& o, field now) {
  field next = now;
  for (std::size_t step = 0; step < o.steps; ++step, std::swap(now, next))
    for (std::size_t y = 1; y + 1 < o.height; ++y)
      for (std::size_t x = 1; x + 1 < o.width; ++x) {
        const std::size_t i = y * o.width + x;
        next[i] =
            now[i] + r * (now[i - 1] + now[i + 1] + now[i - o.width] + now[i + o.width] - 4.0f * now[i]);
      }
  return now;
}

float largest_difference(const field& a, const field& b) {
  float largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

bool heat(const options& o) {
  if (o.steps % 2 != 0)
    throw example::usage_error("--steps: " + std::to_string(o.steps) + " is odd; steps come in pairs");
  const clotho::runtime rt(o.devices);
  const clotho::loaded_kernel kernel = rt.load(KERNELS "/heat/heat.cl").kernel("heat");
  const field shape = sine(o);
  const clotho::buffer<float> u(rt, shape), v(rt, shape.size());

  // Two steps, there and back: the same launches with the same buffers each time, so they are worked out once.
  const clotho::graph steps = rt.record([&](const clotho::recorder& taker) {
    taker.launch(kernel, {o.width, o.height}, o.width, o.height, r, u, out(v));
    taker.launch(kernel, {o.width, o.height}, o.width, o.height, r, v, out(u));
  });
  steps.run(o.steps / 2);

  const field last = rt.read(u).get();
  const double got = amplitude(last, shape);
  const decay expected = analytic(o);
  std::printf("%zu x %zu points, %zu steps: %.6f of the heat is left, %.6f by the equation\n", o.width,
              o.height, o.steps, got, expected.amplitude);
  if (!o.check) return true;
  const float difference = largest_difference(last, plain_loops(o, shape));
  // Each step rounds, and devices may fuse its multiplication and addition; heat that flows evens errors out.
  const bool same = difference <= 1.2e-7f * static_cast<float>(o.steps + 8);
  const bool physical = std::abs(got - expected.amplitude) <= expected.tolerance;
  std::printf("check: %.1e off plain loops%s, %.1e off the equation%s\n", double{difference},
              same ? "" : " (too much)", std::abs(got - expected.amplitude), physical ? "" : " (too much)");
  return same && physical;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line(
      "heat", "The heat equation on a plate with a cold border, beside its analytic solution.");
  line.number("--width", o.width, 3, 16384, "points in a row");
  line.number("--height", o.height, 3, 16384, "rows");
  line.number("--steps", o.steps, 0, 10'000'000, "time steps, an even number");
  line.flag("--check", o.check, "compare with plain loops and with the analytic solution");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return heat(o); });
}
