// SPDX-License-Identifier: Apache-2.0
// Reductions of arrays and expressions against plain loops.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <clotho/algo/array_reduce.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

std::vector<int> randomly(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<int> all(n);
  for (int& one : all) one = static_cast<int>(random() % 2001) - 1000;
  return all;
}

// Of the elements with the same index but along `which`.
template <class Take>
std::vector<std::int64_t> along(const std::vector<int>& x, const extents& shape, std::size_t which,
                                std::int64_t first, Take take) {
  std::size_t inner = 1, outer = 1;
  for (std::size_t i = 0; i < shape.rank(); ++i)
    (i < which ? outer : i > which ? inner : inner) *= i == which ? 1 : shape[i];
  std::vector<std::int64_t> all(outer * inner, first);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t k = 0; k < shape[which]; ++k)
      for (std::size_t i = 0; i < inner; ++i) take(all[o * inner + i], x[(o * shape[which] + k) * inner + i]);
  return all;
}

} // namespace

TEST_CASE("all elements, of every size around vectors and tiles") {
  test::for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {0, 1, 2, 15, 16, 17, 100, 300, 4095, 4097, 20000}) {
      if (n > 300 && test::is_slow_device(rt)) continue;
      CAPTURE(n);
      const std::vector<int> values = randomly(n, 5);
      const array<int> x(rt, values);
      std::int64_t total = 0, squares = 0, positive = 0;
      int least = std::numeric_limits<int>::max();
      for (const int one : values)
        total += one, squares += one * one, positive += one > 0, least = std::min(least, one);
      CHECK(sum(x).get() == total);
      CHECK(dot(x, x).get() == squares);
      CHECK(sum(x > 0).get() == static_cast<std::uint64_t>(positive));
      if (n != 0) CHECK(min(x).get() == least);
      if (n != 0) CHECK(max(-x).get() == -least);
    }
  });
}

TEST_CASE("floating sums are within the bound, and the same however often") {
  const runtime rt({.threads = 2});
  const std::size_t n = test::is_slow_device(rt) ? 3000 : 100000;
  const std::vector<int> values = randomly(n, 9);
  const array<float> x = array<int>(rt, values) * 0.001f;
  double expected = 0, magnitude = 0;
  for (const int one : values) expected += one * 0.001, magnitude += std::abs(one * 0.001);
  const float got = sum(x).get();
  CHECK(std::abs(static_cast<double>(got) - expected) <= 256 * 6e-8 * magnitude);
  CHECK(sum(x).get() == got);
  CHECK(mean(x).get() == doctest::Approx(expected / static_cast<double>(n)).epsilon(1e-3));
}

TEST_CASE("along a dimension, whichever lies in a row") {
  test::for_each_shape([](const runtime& rt) {
    const std::vector<extents> shapes =
        test::is_slow_device(rt)
            ? std::vector<extents>{{3, 5, 4}}
            : std::vector<extents>{{3, 5, 4}, {7, 1, 33}, {70, 18, 2}, {1, 100, 40}, {5}};
    for (const extents& shape : shapes) {
      const std::vector<int> values = randomly(shape.volume(), 3);
      const array<int> x(rt, shape, values);
      for (std::size_t which = 0; which < shape.rank(); ++which) {
        CAPTURE(to_string(shape));
        CAPTURE(which);
        const axis one(static_cast<std::int64_t>(which));
        const auto add = [](std::int64_t& to, int more) { to += more; };
        CHECK(sum(x, one).to_vector() == along(values, shape, which, 0, add));
        CHECK(sum(x, one).shape() == shape.without(which));
        const auto least = along(values, shape, which, 9999,
                                 [](std::int64_t& to, int more) { to = std::min<std::int64_t>(to, more); });
        CHECK(min(x, one).to_vector() == std::vector<int>(least.begin(), least.end()));
        // The same of a view that lies otherwise.
        const array<int> turned = x.transposed().copy().transposed();
        CHECK(sum(turned * 2 - turned, one).to_vector() == along(values, shape, which, 0, add));
      }
    }
  });
}

TEST_CASE("expressions of parts and repeated shapes are folded as they are") {
  test::for_each_shape([](const runtime& rt) {
    const array<int> x = arange<int>(rt, 60).reshaped(3, 4, 5), row = arange<int>(rt, 5);
    CHECK(sum(x(slice(), slice(1, 3), slice({}, {}, -2))).get() == 18 * 29 + 9);
    CHECK(sum(x * 0 + row).get() == 12 * 10);
    CHECK(sum(x + row * 100, axis(1)).to_vector()[6] == 20 + 25 + 30 + 35 + 4 + 400);
    CHECK(mean(cast<float>(x), axis(-1)).to_vector()[1] == 7);
    CHECK(any(x == 59).get());
    CHECK(!any(x == 60).get());
    CHECK(all(x >= 0).get());
    CHECK(!all(x).get());
    CHECK(any(x > 57, axis(-1)).to_vector() == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    CHECK(all(x != 7, axis(0)).to_vector()[7] == 0);
    const array<int> odd = arange<int>(rt, 729).reshaped(3, 3, 3, 3, 3, 3)(
        slice({}, {}, 2), slice(1), slice({}, {}, 2), slice(1), slice({}, {}, 2), slice(1));
    CHECK(sum(odd).get() == 64 * (243 + 27 + 3) + 64 * (81 * 3 + 9 * 3 + 3) / 2);
    CHECK(sum(odd, axis(2)).shape() == extents{2, 2, 2, 2, 2});
    CHECK(sum(sum(odd, axis(2))).get() == sum(odd).get());
  });
}

TEST_CASE("of nothing") {
  const runtime rt({.threads = 1});
  const array<float> none(rt, {0, 3});
  CHECK(sum(none).get() == 0);
  CHECK(sum(none, axis(0)).to_vector() == std::vector<float>(3, 0));
  CHECK(!any(none).get());
  CHECK(all(none).get());
  CHECK(
      contains(refusal([&] { (void)min(none); }), "min of an array of shape (0, 3): there are no elements"));
  CHECK(contains(refusal([&] { (void)mean(none, axis(0)); }), "mean of an array of shape (0, 3)"));
  CHECK(contains(refusal([&] { (void)sum(none, axis(2)); }), "has no dimension 2"));
}
