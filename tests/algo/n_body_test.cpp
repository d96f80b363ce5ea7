// SPDX-License-Identifier: Apache-2.0
// Accelerations of bodies against plain loops in double, within the bound of the header.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <clotho/algo/n_body.hpp>
#include <support/contains.hpp>
#include <support/device_fixture.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

template <class T> struct bodies { std::vector<T> x, y, z, m; };

template <class T> bodies<T> some_bodies(std::size_t n) {
  std::mt19937 random(4);
  std::uniform_real_distribution<T> where(-1, 1), mass(T(0.1), 2);
  bodies<T> all;
  for (std::size_t i = 0; i < n; ++i) {
    all.x.push_back(where(random)), all.y.push_back(where(random)), all.z.push_back(where(random));
    all.m.push_back(mass(random));
  }
  return all;
}

// One component, and the sum of the sizes of its terms.
struct exact {
  double value = 0, size = 0;
};
template <class T>
exact exactly(const bodies<T>& all, const std::vector<T>& along, std::size_t i, double softening) {
  exact sum;
  for (std::size_t j = 0; j < all.x.size(); ++j) {
    const double dx = double{all.x[j]} - double{all.x[i]}, dy = double{all.y[j]} - double{all.y[i]},
                 dz = double{all.z[j]} - double{all.z[i]},
                 r2 = dx * dx + dy * dy + dz * dz + softening * softening;
    if (r2 == 0) continue;
    const double term = double{all.m[j]} * (double{along[j]} - double{along[i]}) / (r2 * std::sqrt(r2));
    sum.value += term, sum.size += std::abs(term);
  }
  return sum;
}

template <class T>
void check(const bodies<T>& all, const std::vector<T>& along, const std::vector<T>& got, double softening) {
  const double n = static_cast<double>(got.size());
  const double bound = sizeof(T) == 4 ? 4e-6 + n * 6e-8 : 1e-14 + n * 2e-16;
  for (std::size_t i = 0; i < got.size(); i += 1 + got.size() / 64) {
    const exact one = exactly(all, along, i, softening);
    CAPTURE(i);
    CHECK(std::abs(double{got[i]} - one.value) <= bound * one.size);
  }
}

template <class T> void check(const runtime& rt, const bodies<T>& all, double softening) {
  const std::size_t n = all.x.size();
  CAPTURE(n);
  const buffer<T> x(rt, all.x), y(rt, all.y), z(rt, all.z), m(rt, all.m), ax(rt, n), ay(rt, n), az(rt, n);
  accelerations(rt, x, y, z, m, ax, ay, az, softening);
  check(all, all.x, rt.read(ax).get(), softening);
  check(all, all.y, rt.read(ay).get(), softening);
  check(all, all.z, rt.read(az).get(), softening);
}

template <class T> void check_sizes(const std::vector<std::size_t>& sizes) {
  test::for_each_shape([&](const runtime& rt) {
    for (const std::size_t n : sizes)
      if (!test::is_slow_device(rt) || n < 140) check(rt, some_bodies<T>(n), 0.05);
    check(rt, some_bodies<T>(50), 0);
  });
}

} // namespace

TEST_CASE("float: sizes around vectors, work-items and groups; no softening") {
  check_sizes<float>({0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 129, 300, 1000});
}

TEST_CASE("double: sizes around vectors, work-items and groups; no softening") {
  if (!test::device_under_test().info().fp64) CLOTHO_SKIP("fp64");
  check_sizes<double>({1, 7, 8, 9, 15, 16, 17, 64, 65, 300});
}

TEST_CASE("bodies at one place do nothing to each other, near ones and heavy ones much") {
  test::for_each_shape([](const runtime& rt) {
    check(rt, bodies<float>{{1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {1, 1e6f, 3}}, 0);
    check(rt, bodies<float>{{1, 1, -1}, {2, 2, 2}, {3, 3.001f, 3}, {1, -5, 1e6f}}, 0);
    check(rt, bodies<float>{{0, 1e-3f}, {0, 0}, {0, 0}, {1e4f, 1e4f}}, 1e-4);
  });
}

TEST_CASE("parts of buffers that begin anywhere") {
  test::for_each_shape([](const runtime& rt) {
    const bodies<float> all = some_bodies<float>(37);
    const buffer<float> y(rt, all.y), z(rt, all.z), m(rt, all.m), both(rt, 77), az(rt, 37);
    rt.copy(buffer<float>(rt, all.x), both.slice(3, 37));
    accelerations(rt, both.slice(3, 37), y, z, m, both.slice(40, 37), az, buffer<float>(rt, 37), 0.1);
    check(all, all.x, rt.read(both.slice(40, 37)).get(), 0.1);
    check(all, all.y, rt.read(az).get(), 0.1);
    CHECK(rt.read(both.slice(3, 37)).get() == all.x);
  });
}

TEST_CASE("misuse is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<float> a(rt, 3), b(rt, 3), c(rt, 3), d(rt, 3), e(rt, 3), f(rt, 3), g(rt, 3), four(rt, 4);
  CHECK(contains(refusal([&] { accelerations(rt, a, b, four, d, e, f, g, 0.1); }),
                 "accelerations: x has 3 elements and z 4"));
  CHECK(contains(refusal([&] { accelerations(rt, a, b, c, d, e, f, four, 0.1); }),
                 "accelerations: x has 3 elements and az 4"));
  CHECK(contains(refusal([&] { accelerations(rt, a, b, c, d, e, b, g, 0.1); }),
                 "accelerations: y and ay overlap"));
  CHECK(contains(refusal([&] { accelerations(rt, a, b, c, d, e, f, f, 0.1); }),
                 "accelerations: ay and az overlap"));
  CHECK(contains(refusal([&] { accelerations(rt, a, b, c, d, e, f, g, -1); }),
                 "a softening of -1.000000 makes no sense"));
}
