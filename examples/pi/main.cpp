// SPDX-License-Identifier: Apache-2.0
// Pi by throwing darts at a square. The device makes the random numbers, counts, and adds up; the result is
// the same on every device, and however many darts are thrown at once, as a stream of random numbers goes on
// where it was.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numbers>
#include <vector>

#include <clotho/algo/random.hpp>
#include <clotho/algo/reduce.hpp>
#include <clotho/flow/runtime.hpp>
#include <support/command_line.hpp>

namespace {

struct options {
  std::size_t darts = 10'000'000, batch = 1'000'000, seed = 1;
  bool check = false;
  std::string devices;
};

// The same in plain loops, of the numbers that the device has made.
std::uint64_t count_inside(const std::vector<float>& x, const std::vector<float>& y) {
  std::uint64_t inside = 0;
  for (std::size_t i = 0; i < x.size(); ++i) inside += x[i] * x[i] + y[i] * y[i] < 1.0f ? 1 : 0;
  return inside;
}

bool pi(const options& o) {
  const clotho::runtime rt(o.devices);
  const clotho::loaded_kernel count = rt.load(KERNELS "/pi/pi.cl").kernel("count_inside");
  clotho::random_stream across = clotho::random_stream(o.seed).substream(0);
  clotho::random_stream up = clotho::random_stream(o.seed).substream(1);

  std::uint64_t inside = 0;
  double off = 0; // darts that the device counts otherwise
  std::vector<clotho::future<std::uint32_t>> batches;
  for (std::size_t thrown = 0; thrown < o.darts; thrown += o.batch) {
    const std::size_t n = std::min(o.batch, o.darts - thrown), items = (n + 1023) / 1024;
    const clotho::buffer<float> x(rt, n), y(rt, n);
    const clotho::buffer<std::uint32_t> counts(rt, items);
    clotho::fill_uniform(rt, x, across);
    clotho::fill_uniform(rt, y, up);
    rt.launch(count, items, n, x, y, out(counts));
    batches.push_back(clotho::reduce(rt, counts));
    if (!o.check) continue;
    const std::uint64_t plain = count_inside(rt.read(x).get(), rt.read(y).get());
    off += std::abs(static_cast<double>(plain) - static_cast<double>(batches.back().get()));
    inside += plain;
  }
  if (!o.check)
    for (clotho::future<std::uint32_t>& one : batches) inside += one.get();

  const double darts = static_cast<double>(o.darts), share = static_cast<double>(inside) / darts;
  const double error = 4 * std::sqrt(share * (1 - share) / darts);
  std::printf("%zu of %zu darts inside: pi is about %.6f, give or take %.6f\n",
              static_cast<std::size_t>(inside), o.darts, 4 * share, error);
  if (!o.check) return true;
  const bool right = off <= darts * 1e-6 && std::abs(4 * share - std::numbers::pi) <= 5 * error;
  std::puts(right ? "check: as plain loops count, and near pi"
                  : "check: NOT what plain loops count, or far from pi");
  return right;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line("pi",
                             "Pi by throwing darts at a square, with random numbers made on the device.");
  line.number("--darts", o.darts, 1, 1'000'000'000'000, "points");
  line.number("--batch", o.batch, 1, 100'000'000, "so many at once; the result is the same");
  line.number("--seed", o.seed, 0, ~std::size_t{0}, "of the random numbers");
  line.flag("--check", o.check, "count in plain loops, too, and compare with pi");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return pi(o); });
}
