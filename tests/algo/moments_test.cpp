// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include <clotho/algo/moments.hpp>
#include <clotho/core/error.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::for_each_shape;

namespace {

template <class T> void check_moments(const runtime& rt, std::size_t n, double around, double near) {
  CAPTURE(n);
  std::mt19937 random(static_cast<unsigned>(n));
  std::vector<T> content(n);
  for (T& each : content)
    each = static_cast<T>(around + std::uniform_real_distribution<double>(-50, 50)(random));
  long double sum = 0, squares = 0;
  for (const T each : content) sum += static_cast<long double>(each);
  const long double mean_value = sum / static_cast<long double>(n);
  for (const T each : content)
    squares += (static_cast<long double>(each) - mean_value) * (static_cast<long double>(each) - mean_value);
  const buffer<T> x(rt, content);
  const moments got = moments_of(rt, x).get();
  CHECK(got.count == n);
  CHECK(got.mean == doctest::Approx(static_cast<double>(mean_value)).epsilon(near));
  CHECK(got.squares == doctest::Approx(static_cast<double>(squares)).epsilon(near));
  CHECK(mean(rt, x).get() == got.mean);
  CHECK(variance(rt, x, 1).get() == got.squares / static_cast<double>(n - 1));
}

} // namespace

TEST_CASE("mean and variance, far from 0 too") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {2u, 31u, 32u, 33u, 300u, 4097u, 20000u}) {
      if (n > 4000 && test::is_interpreted(rt)) continue;
      check_moments<float>(rt, n, 0, 1e-3);
      check_moments<float>(rt, n, 10000, 1e-3);
    }
    if (!rt.devices()[0].info().fp64) CLOTHO_SKIP("the device has no fp64");
    check_moments<double>(rt, 500, 1e9, 1e-6);
    check_moments<int>(rt, 500, 1000, 1e-12);
  });
}

TEST_CASE("of few and of none") {
  const runtime rt;
  const buffer<float> one(rt, std::vector<float>{3}), none(rt, 0);
  CHECK(mean(rt, one).get() == 3);
  CHECK(variance(rt, one).get() == 0);
  CHECK(std::isnan(variance(rt, one, 1).get()));
  CHECK(std::isnan(mean(rt, none).get()));
  CHECK(moments_of(rt, none).get().count == 0);
}
