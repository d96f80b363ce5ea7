// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include <clotho/algo/map.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

std::vector<int> counted(std::size_t n) {
  std::vector<int> all(n);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<std::size_t> sizes(const runtime& rt) {
  if (test::is_slow_device(rt)) return {0, 1, 19, 140};
  std::vector<std::size_t> all(301);
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (const std::size_t n : {4096, 4097, 10000}) all.push_back(n);
  return all;
}

} // namespace

TEST_CASE("fill, iota, copy, reverse and rotate, of every size") {
  test::for_each_shape([](const runtime& rt) {
    for (const std::size_t n : sizes(rt)) {
      CAPTURE(n);
      const buffer<int> x(rt, n), y(rt, n), z(rt, n);
      fill(rt, z, 7);
      CHECK(rt.read(z).get() == std::vector<int>(n, 7));
      iota(rt, x);
      std::vector<int> expected = counted(n);
      CHECK(rt.read(x).get() == expected);
      copy(rt, x, y);
      CHECK(rt.read(y).get() == expected);
      reverse(rt, y, y);
      std::reverse(expected.begin(), expected.end());
      CHECK(rt.read(y).get() == expected);
      const std::int64_t by = n / 3 + 1;
      rotate(rt, y, z, by);
      if (n != 0)
        std::rotate(expected.begin(), expected.begin() + by % static_cast<std::int64_t>(n), expected.end());
      CHECK(rt.read(z).get() == expected);
    }
  });
}

TEST_CASE("gather and scatter, places that are none") {
  test::for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {std::size_t{1}, std::size_t{50}, std::size_t{5000}}) {
      if (n > 50 && test::is_slow_device(rt)) continue;
      std::vector<std::uint32_t> order(n);
      std::iota(order.begin(), order.end(), 0u);
      std::shuffle(order.begin(), order.end(), std::mt19937(4));
      const buffer<int> x(rt, counted(n)), y(rt, n), z(rt, n);
      const buffer<std::uint32_t> places(rt, order);
      permute(rt, x, places, y);
      const std::vector<int> got = rt.read(y).get();
      for (std::size_t i = 0; i < n; ++i) REQUIRE(got[i] == static_cast<int>(order[i]));
      scatter(rt, y, places, z);
      CHECK(rt.read(z).get() == counted(n));
    }
    const buffer<std::int32_t> places(rt, std::vector<std::int32_t>{2, -1, 100, 0});
    const buffer<std::uint8_t> x(rt, std::vector<std::uint8_t>{10, 20, 30}), y(rt, 4);
    gather(rt, x, places, y);
    CHECK(rt.read(y).get() == std::vector<std::uint8_t>{30, 0, 0, 10});
    const buffer<std::uint8_t> z(rt, std::vector<std::uint8_t>{1, 1, 1});
    scatter(rt, y, places, z);
    CHECK(rt.read(z).get() == std::vector<std::uint8_t>{10, 1, 30});
  });
}

TEST_CASE("transform by an expression, zip and unzip, parts that begin anywhere") {
  test::for_each_shape([](const runtime& rt) {
    const buffer<int> x(rt, counted(100)), y(rt, 100);
    transform(rt, x, "x * x + 1", y);
    CHECK(rt.read(y).get()[9] == 82);
    transform(rt, x.slice(3, 20), y.slice(5, 20), "max(a, b) - 1", y.slice(50, 20));
    CHECK(rt.read(y).get()[52] == 7 * 7);
    const buffer<float> f(rt, 100);
    transform(rt, x, "x * 0.5f", f);
    CHECK(rt.read(f).get()[7] == 3.5f);
    const buffer<int> both(rt, 40), first(rt, 20), second(rt, 20);
    zip(rt, both, x.slice(1, 20), x.slice(40, 20));
    const std::vector<int> zipped = rt.read(both).get();
    for (int i = 0; i < 20; ++i) CHECK(zipped[static_cast<std::size_t>(2 * i)] == 1 + i);
    for (int i = 0; i < 20; ++i) CHECK(zipped[static_cast<std::size_t>(2 * i + 1)] == 40 + i);
    unzip(rt, both, first, second);
    CHECK(rt.read(second).get()[3] == 43);
    CHECK(rt.read(first).get()[3] == 4);
  });
}

TEST_CASE("misuse is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<int> x(rt, 10), y(rt, 9), none(rt, 0);
  const buffer<std::uint32_t> places(rt, 9);
  CHECK(contains(refusal([&] { copy(rt, x, y); }), "copy: x has 10 elements and y 9"));
  CHECK(contains(refusal([&] { rotate(rt, x, x, 1); }), "rotate: x and y overlap"));
  CHECK(contains(refusal([&] { gather(rt, y, places, y); }), "gather: x and y overlap"));
  CHECK(contains(refusal([&] { gather(rt, none, places, y); }), "gather: x has no elements to take"));
  CHECK(contains(refusal([&] { scatter(rt, x, places, y); }), "scatter: x has 10 elements and places 9"));
  CHECK(contains(refusal([&] { zip(rt, x, y); }), "zip: 1 arrays of 9 elements do not make 10"));
}
