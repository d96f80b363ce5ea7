// SPDX-License-Identifier: Apache-2.0
// Convolutions against plain loops in double, with every border.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include <clotho/algo/convolution.hpp>
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

template <class T>
test::summed expected(rows_and_columns size, const std::vector<T>& in, rows_and_columns filter_size,
                      const std::vector<T>& filter, border how, std::size_t r, std::size_t c) {
  test::summed sum;
  for (std::size_t i = 0; i < filter_size.rows; ++i)
    for (std::size_t j = 0; j < filter_size.columns; ++j) {
      const auto y = test::beyond(static_cast<std::int64_t>(r + (filter_size.rows - 1) / 2)
                                      - static_cast<std::int64_t>(i),
                                  size.rows, how);
      const auto x = test::beyond(static_cast<std::int64_t>(c + (filter_size.columns - 1) / 2)
                                      - static_cast<std::int64_t>(j),
                                  size.columns, how);
      if (y && x)
        sum.add(double{filter[i * filter_size.columns + j]} * double{in[*y * size.columns + *x]});
      else if (how == border::keep)
        return test::summed{double{in[r * size.columns + c]}};
    }
  return sum;
}

template <class T>
void check(rows_and_columns size, const std::vector<T>& in, rows_and_columns filter_size,
           const std::vector<T>& filter, border how, const std::vector<T>& got,
           std::size_t more_roundings = 0) {
  CAPTURE(size.rows);
  CAPTURE(size.columns);
  CAPTURE(filter_size.rows);
  CAPTURE(filter_size.columns);
  CAPTURE(static_cast<int>(how));
  REQUIRE(got.size() == in.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const test::summed sum = expected(size, in, filter_size, filter, how, i / size.columns, i % size.columns);
    CAPTURE(i);
    CHECK(std::abs(double{got[i]} - sum.value) <= sum.bound<T>(filter.size() + more_roundings));
  }
}

template <class T>
void check_2d(const runtime& rt, rows_and_columns size, rows_and_columns filter_size, border how) {
  const std::vector<T> in = some_values<T>(size.rows * size.columns);
  const std::vector<T> filter = some_values<T>(filter_size.rows * filter_size.columns, 2);
  const buffer<T> x(rt, in), f(rt, filter), y(rt, in.size());
  convolve_2d(rt, size, x, filter_size, f, y, how);
  check(size, in, filter_size, filter, how, rt.read(y).get());
}

void check_1d(const runtime& rt, std::size_t n, std::size_t filter_size, border how) {
  const std::vector<float> in = some_values<float>(n), filter = some_values<float>(filter_size, 2);
  const buffer<float> x(rt, in), f(rt, filter), y(rt, n);
  convolve_1d(rt, x, f, y, how);
  check({1, n}, in, {1, filter_size}, filter, how, rt.read(y).get());
}

void check_separable(const runtime& rt, rows_and_columns size, rows_and_columns filter_size, border how) {
  const std::vector<float> in = some_values<float>(size.rows * size.columns);
  const std::vector<float> column = some_values<float>(filter_size.rows, 2),
                           row = some_values<float>(filter_size.columns, 3);
  const buffer<float> x(rt, in), c(rt, column), r(rt, row), y(rt, in.size());
  convolve_separable(rt, size, x, c, r, y, how);
  std::vector<float> filter;
  for (const float a : column)
    for (const float b : row) filter.push_back(a * b);
  check(size, in, filter_size, filter, how, rt.read(y).get(), 3);
}

} // namespace

TEST_CASE("along a line: every border, every length of filter, sizes around vectors and work-items") {
  test::for_each_shape([](const runtime& rt) {
    const bool slow = test::is_slow_device(rt);
    for (const border how : all_borders) {
      for (std::size_t k = 1; k <= (slow ? 4 : 20); ++k) check_1d(rt, 37, k, how);
      check_1d(rt, 5, 12, how); // longer than the array, so that rings go round more than once
      for (const std::size_t n : {1, 2, 15, 16, 17, 63, 64, 65, 80, 81, 1023, 1024, 1025, 1030, 2100})
        if (!slow || n < 20) check_1d(rt, n, 4, how);
    }
    for (std::size_t n = 0; n <= (slow ? 3 : 300); ++n) check_1d(rt, n, 3, border::clamp);
  });
}

TEST_CASE("numpy.convolve([1, 2, 3], [0, 1, 0.5], 'same') is [1, 2.5, 4]") {
  const runtime rt({.threads = 1});
  const buffer<float> x(rt, std::vector<float>{1, 2, 3}), f(rt, std::vector<float>{0, 1, 0.5f}), y(rt, 3);
  convolve_1d(rt, x, f, y);
  CHECK(rt.read(y).get() == std::vector<float>{1, 2.5f, 4});
}

TEST_CASE("in a plane: every border; filters of odd, even and large sizes") {
  test::for_each_shape([](const runtime& rt) {
    for (const border how : all_borders) {
      check_2d<float>(rt, {4, 21}, {3, 3}, how);
      check_2d<float>(rt, {3, 5}, {4, 7}, how);
      if (test::is_slow_device(rt)) continue;
      check_2d<float>(rt, {9, 90}, {5, 2}, how);
      check_2d<float>(rt, {3, 1100}, {2, 5}, how);
      check_2d<float>(rt, {70, 3}, {31, 1}, how);
      check_2d<float>(rt, {40, 100}, {15, 15}, how);
    }
    check_2d<float>(rt, {0, 7}, {3, 3}, border::wrap);
    check_2d<float>(rt, {1, 1}, {3, 3}, border::wrap);
  });
}

TEST_CASE("separable: as the product of its filters") {
  test::for_each_shape([](const runtime& rt) {
    for (const border how : {border::clamp, border::zero, border::wrap}) {
      check_separable(rt, {6, 21}, {3, 5}, how);
      if (!test::is_slow_device(rt)) check_separable(rt, {40, 130}, {8, 9}, how);
    }
  });
}

TEST_CASE("double") {
  if (!test::device_under_test().info().fp64) CLOTHO_SKIP("fp64");
  test::for_each_shape([](const runtime& rt) { check_2d<double>(rt, {6, 90}, {3, 4}, border::clamp); });
}

TEST_CASE("parts of buffers that begin anywhere") {
  test::for_each_shape([](const runtime& rt) {
    const std::vector<float> values = some_values<float>(60);
    const buffer<float> all(rt, 200);
    rt.copy(buffer<float>(rt, values), all.slice(3, 60));
    rt.copy(buffer<float>(rt, std::vector<float>{0, 2, 0}), all.slice(65, 3));
    convolve_1d(rt, all.slice(3, 60), all.slice(65, 3), all.slice(101, 60));
    const std::vector<float> got = rt.read(all.slice(101, 60)).get();
    for (std::size_t i = 0; i < 60; ++i) CHECK(got[i] == 2 * values[i]);
  });
}

TEST_CASE("misuse is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<float> x(rt, 12), y(rt, 12), f(rt, 3), none(rt, 0);
  CHECK(contains(refusal([&] { convolve_1d(rt, x, f, f); }), "convolve: out has 3 elements, not 1 x 12"));
  CHECK(contains(refusal([&] { convolve_1d(rt, x, none, y); }), "convolve: the filter is empty"));
  CHECK(contains(refusal([&] { convolve_1d(rt, x, f, x); }), "convolve: in and out overlap"));
  CHECK(contains(refusal([&] { convolve_1d(rt, x, y.slice(2, 3), y); }),
                 "convolve: the filter and out overlap"));
  CHECK(contains(refusal([&] {
                   convolve_2d(rt, {3, 4}, x, {2, 2}, f, y);
                 }),
                 "convolve: the filter has 3 elements, not 2 x 2"));
  CHECK(contains(refusal([&] {
                   convolve_separable(rt, {3, 4}, x, f, f, y, border::keep);
                 }),
                 "use convolve_2d"));
}
