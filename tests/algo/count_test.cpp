// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include <clotho/algo/count.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::for_each_shape;

namespace {

template <class T> std::vector<T> cycling(std::size_t n, int period) {
  std::vector<T> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = static_cast<T>(i % static_cast<std::size_t>(period));
  return all;
}

template <class T> void check_counts(const runtime& rt, std::size_t n) {
  CAPTURE(n);
  const buffer<T> x(rt, cycling<T>(n, 3));
  CHECK(count(rt, x, 1).get() == n / 3 + (n % 3 > 1 ? 1 : 0));
  CHECK(count(rt, x, 7).get() == 0);
}

} // namespace

TEST_CASE("count of every size around lanes and tiles, and of types of each width") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {0u, 1u, 63u, 64u, 65u, 300u, 4095u, 4097u, 16385u})
      if (n < 5000 || !test::is_interpreted(rt)) check_counts<float>(rt, n);
    check_counts<std::uint8_t>(rt, 4400);
    check_counts<std::int16_t>(rt, 500);
    check_counts<std::int64_t>(rt, 500);
    if (!test::is_slow_device(rt)) check_counts<std::int8_t>(rt, 1000003);
  });
}

TEST_CASE("NaN is equal to nothing, -0 is 0") {
  for_each_shape([](const runtime& rt) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const buffer<float> x(rt, std::vector<float>{nan, 0.0f, -0.0f, 1});
    CHECK(count(rt, x, nan).get() == 0);
    CHECK(count(rt, x, 0.0f).get() == 2);
    CHECK(all(rt, x.slice(0, 1)).get());
    CHECK_FALSE(equal(rt, x.slice(0, 1), x.slice(0, 1)).get());
  });
}

TEST_CASE("any, all, equal") {
  for_each_shape([](const runtime& rt) {
    std::vector<int> content(5000, 0);
    CHECK_FALSE(any(rt, buffer<int>(rt, content)).get());
    content[4999] = 3;
    const buffer<int> one(rt, content), ones(rt, std::vector<int>(5000, 1));
    CHECK(any(rt, one).get());
    CHECK_FALSE(all(rt, one).get());
    CHECK(all(rt, ones).get());
    CHECK(equal(rt, one, buffer<int>(rt, content)).get());
    CHECK_FALSE(equal(rt, one, ones).get());
  });
}

TEST_CASE("of nothing") {
  const runtime rt;
  const buffer<int> none(rt, 0);
  CHECK_FALSE(any(rt, none).get());
  CHECK(all(rt, none).get());
  CHECK(equal(rt, none, none).get());
  CHECK(test::refusal([&] { (void)equal(rt, none, buffer<int>(rt, 1)); })
        == "equal: x has 0 elements and y 1");
}
