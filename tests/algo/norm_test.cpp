// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <clotho/algo/reduce.hpp>
#include <clotho/core/error.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::for_each_shape;

namespace {

std::vector<float> varied(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> all(n);
  for (float& each : all) each = std::uniform_real_distribution<float>(-1, 1)(random);
  return all;
}

} // namespace

TEST_CASE("dot and norms stay within the roundings that are promised") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {1u, 65u, 5000u, 300000u}) {
      if (n > 5000 && test::is_slow_device(rt)) continue;
      CAPTURE(n);
      const std::vector<float> a = varied(n, 1), b = varied(n, 2);
      double product = 0, magnitudes = 0, sum = 0, squares = 0, largest = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double p = static_cast<double>(a[i]) * b[i];
        product += p, magnitudes += std::fabs(p), sum += std::fabs(a[i]),
            squares += static_cast<double>(a[i]) * a[i];
        largest = std::max(largest, static_cast<double>(std::fabs(a[i])));
      }
      const buffer<float> x(rt, a), y(rt, b);
      const double bound = 145 * 0x1p-24;
      CHECK(std::fabs(dot(rt, x, y).get() - product) <= bound * magnitudes);
      CHECK(std::fabs(norm1(rt, x).get() - sum) <= bound * sum);
      CHECK(std::fabs(norm2(rt, x).get() - std::sqrt(squares)) <= bound * std::sqrt(squares));
      CHECK(norm_inf(rt, x).get() == largest);
    }
  });
}

TEST_CASE("dot of integers wraps round; sizes must be equal") {
  for_each_shape([](const runtime& rt) {
    const buffer<std::uint8_t> x(rt, std::vector<std::uint8_t>(100, 3));
    CHECK(dot(rt, x, x).get() == static_cast<std::uint8_t>(900));
    CHECK(test::refusal([&] { (void)dot(rt, x, x.slice(0, 99)); }) == "dot: x has 100 elements and y 99");
  });
}

TEST_CASE("norms of nothing are 0, extremes of nothing are refused") {
  const runtime rt;
  const buffer<float> none(rt, 0);
  CHECK(norm1(rt, none).get() == 0);
  CHECK(norm2(rt, none).get() == 0);
  CHECK(norm_inf(rt, none).get() == 0);
  CHECK(test::refusal([&] { (void)minimum_of(rt, none); }) == "minimum_of of no elements: there is none");
  CHECK(maximum_of(rt, buffer<int>(rt, std::vector<int>{1, 5, 2})).get() == 5);
}
