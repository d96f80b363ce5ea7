// SPDX-License-Identifier: Apache-2.0
// Stencils against plain loops in double, with every border.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <clotho/algo/stencil.hpp>
#include <support/borders.hpp>
#include <support/contains.hpp>
#include <support/device_fixture.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::all_borders;
using test::contains;
using test::refusal;
using test::some_values;

namespace {

using sizes_3d = std::array<std::size_t, 3>;
using step = std::array<int, 3>; // planes, rows, columns

// Where the neighbours are that the weights belong to.
std::vector<step> steps_of(std::size_t points) {
  const int planes = points == 7 || points == 27 ? 1 : 0;
  const int most = points == 5 || points == 7 ? 1 : 3; // how many numbers of a step may differ from 0
  std::vector<step> steps;
  for (int z = -planes; z <= planes; ++z)
    for (int y = -1; y <= 1; ++y)
      for (int x = -1; x <= 1; ++x)
        if (std::abs(z) + std::abs(y) + std::abs(x) <= most) steps.push_back({z, y, x});
  return steps;
}

template <class T, std::size_t Points>
test::summed expected(const sizes_3d& size, const std::array<T, Points>& weights, const std::vector<T>& in,
                      border beyond, const sizes_3d& at) {
  const auto index = [&](std::size_t z, std::size_t y, std::size_t x) {
    return (z * size[1] + y) * size[2] + x;
  };
  test::summed sum;
  const std::vector<step> steps = steps_of(Points);
  for (std::size_t k = 0; k < Points; ++k) {
    std::array<std::optional<std::size_t>, 3> there;
    for (std::size_t d = 0; d < 3; ++d)
      there[d] = test::beyond(static_cast<std::int64_t>(at[d]) + steps[k][d], size[d], beyond);
    if (there[0] && there[1] && there[2])
      sum.add(double{weights[k]} * double{in[index(*there[0], *there[1], *there[2])]});
    else if (beyond == border::keep)
      return test::summed{double{in[index(at[0], at[1], at[2])]}};
  }
  return sum;
}

template <std::size_t Points, class T>
void check(const runtime& rt, const sizes_3d& size, border beyond, const std::array<T, Points>& weights) {
  CAPTURE(size[0]);
  CAPTURE(size[1]);
  CAPTURE(size[2]);
  CAPTURE(Points);
  CAPTURE(static_cast<int>(beyond));
  const std::size_t n = size[0] * size[1] * size[2];
  const std::vector<T> values = some_values<T>(n);
  const buffer<T> x(rt, values), y(rt, n);
  if constexpr (Points == 5 || Points == 9)
    stencil(rt, size[1], size[2], weights, x, y, beyond);
  else
    stencil(rt, size[0], size[1], size[2], weights, x, y, beyond);
  const std::vector<T> got = rt.read(y).get();
  for (std::size_t i = 0; i < n; ++i) {
    const sizes_3d at{i / size[2] / size[1], i / size[2] % size[1], i % size[2]};
    const test::summed sum = expected(size, weights, values, beyond, at);
    CAPTURE(i);
    CHECK(std::abs(double{got[i]} - sum.value) <= sum.bound<T>(Points));
  }
}

template <class T, std::size_t Points> std::array<T, Points> some_weights() {
  std::array<T, Points> weights{};
  for (std::size_t i = 0; i < Points; ++i) weights[i] = T(0.1) + T(i) / T(7);
  return weights;
}

// Each program takes its time to compile: not all borders with all stencils.
void check_plane(const runtime& rt, std::size_t rows, std::size_t columns) {
  for (const border beyond : all_borders) check(rt, {1, rows, columns}, beyond, some_weights<float, 5>());
  check(rt, {1, rows, columns}, border::clamp, some_weights<float, 9>());
  check(rt, {1, rows, columns}, border::keep, some_weights<float, 9>());
}

void check_space(const runtime& rt, const sizes_3d& size) {
  check(rt, size, border::zero, some_weights<float, 7>());
  check(rt, size, border::keep, some_weights<float, 7>());
  check(rt, size, border::clamp, some_weights<float, 27>());
  check(rt, size, border::wrap, some_weights<float, 27>());
}

using plane = std::array<std::size_t, 2>;

} // namespace

TEST_CASE("in a plane: every border, sizes around vectors and work-items") {
  test::for_each_shape([](const runtime& rt) {
    for (const plane& size :
         std::vector<plane>{{0, 5}, {5, 0}, {1, 1}, {1, 2}, {2, 1}, {3, 17}, {4, 18}, {3, 19}, {5, 70}})
      check_plane(rt, size[0], size[1]);
    if (test::is_slow_device(rt)) return;
    for (const std::size_t columns : {1023, 1024, 1025, 1026, 1040, 1041, 2100}) check_plane(rt, 2, columns);
  });
}

TEST_CASE("every width") {
  test::for_each_shape([](const runtime& rt) {
    const std::size_t most = test::is_slow_device(rt) ? 5 : 300;
    for (std::size_t columns = 1; columns <= most; ++columns)
      check(rt, {1, 3, columns}, border::wrap, some_weights<float, 5>());
  });
}

TEST_CASE("in space: every border") {
  test::for_each_shape([](const runtime& rt) {
    for (const sizes_3d& size : std::vector<sizes_3d>{{1, 1, 1}, {2, 3, 20}, {3, 1, 5}})
      check_space(rt, size);
    if (test::is_slow_device(rt)) return;
    for (const sizes_3d& size : std::vector<sizes_3d>{{3, 4, 33}, {1, 3, 40}, {5, 5, 50}})
      check_space(rt, size);
  });
}

TEST_CASE("double") {
  if (!test::device_under_test().info().fp64) CLOTHO_SKIP("fp64");
  test::for_each_shape([](const runtime& rt) {
    check(rt, {1, 4, 35}, border::clamp, some_weights<double, 5>());
    check(rt, {3, 4, 35}, border::zero, some_weights<double, 7>());
  });
}

TEST_CASE("what lies beyond a border of zeros is not read, not even infinities") {
  test::for_each_shape([](const runtime& rt) {
    const std::vector<float> values(4 * 20, std::numeric_limits<float>::infinity());
    const buffer<float> x(rt, values), y(rt, values.size());
    stencil(rt, 4, 20, some_weights<float, 9>(), x, y, border::zero);
    CHECK(rt.read(y).get() == values);
  });
}

TEST_CASE("parts of buffers that begin anywhere; weights of double for elements of float") {
  test::for_each_shape([](const runtime& rt) {
    const std::vector<float> values = some_values<float>(60);
    const buffer<float> both(rt, 200);
    rt.copy(buffer<float>(rt, values), both.slice(3, 60));
    stencil(rt, 3, 20, std::array{0.0, 0.0, 2.0, 0.0, 0.0}, both.slice(3, 60), both.slice(101, 60));
    const std::vector<float> got = rt.read(both.slice(101, 60)).get();
    for (std::size_t i = 0; i < 60; ++i) CHECK(got[i] == 2 * values[i]);
  });
}

TEST_CASE("misuse is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<float> x(rt, 12), y(rt, 11);
  const std::array<float, 5> w{};
  CHECK(
      contains(refusal([&] { stencil(rt, 3, 4, w, x, y); }), "stencil: out has 11 elements, not 1 x 3 x 4"));
  CHECK(contains(refusal([&] { stencil(rt, std::size_t{1} << 62, 16, w, x, x); }),
                 "stencil: in has 12 elements"));
  CHECK(contains(refusal([&] { stencil(rt, 3, 4, w, x, x); }), "stencil: in and out overlap"));
}
