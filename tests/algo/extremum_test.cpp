// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <clotho/algo/extremum.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::for_each_shape;

namespace {

template <class T> void check_extremes(const runtime& rt, std::size_t n, int most) {
  CAPTURE(n);
  std::mt19937 random(static_cast<unsigned>(n));
  std::vector<T> content(n);
  for (T& each : content) each = static_cast<T>(std::uniform_int_distribution<int>(0, most)(random));
  const buffer<T> x(rt, content);
  const auto index = [&](auto found) { return static_cast<std::uint64_t>(found - content.begin()); };
  CHECK(argmin(rt, x).get() == index(std::min_element(content.begin(), content.end())));
  CHECK(argmax(rt, x).get() == index(std::max_element(content.begin(), content.end())));
}

} // namespace

TEST_CASE("the first of the smallest and of the largest") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {1u, 2u, 63u, 64u, 65u, 128u, 200u, 16384u, 16385u, 40001u})
      if (n < 1000 || !test::is_interpreted(rt)) check_extremes<float>(rt, n, n % 2 == 0 ? 5 : 1000000);
    check_extremes<std::uint8_t>(rt, 600, 255);
    check_extremes<std::int64_t>(rt, 600, 1000);
    if (!test::is_slow_device(rt)) check_extremes<std::int16_t>(rt, 300007, 30000);
  });
}

TEST_CASE("all equal, and the largest number there is") {
  for_each_shape([](const runtime& rt) {
    const std::vector<std::uint8_t> content(300, 255);
    CHECK(argmin(rt, buffer<std::uint8_t>(rt, content)).get() == 0);
    CHECK(argmax(rt, buffer<std::uint8_t>(rt, content)).get() == 0);
  });
}

TEST_CASE("NaN is passed over, unless all are") {
  for_each_shape([](const runtime& rt) {
    const float nan = std::numeric_limits<float>::quiet_NaN(),
                infinite = std::numeric_limits<float>::infinity();
    std::vector<float> content(300, nan);
    CHECK(argmin(rt, buffer<float>(rt, content)).get() == 0);
    content[150] = infinite;
    CHECK(argmin(rt, buffer<float>(rt, content)).get() == 150);
    CHECK(argmax(rt, buffer<float>(rt, content)).get() == 150);
    content[290] = -infinite;
    CHECK(argmin(rt, buffer<float>(rt, content)).get() == 290);
  });
}

TEST_CASE("of nothing there is none") {
  const runtime rt;
  CHECK(test::refusal([&] { (void)argmin(rt, buffer<int>(rt, 0)); })
        == "argmin and argmax of no elements: there is no such index");
}
