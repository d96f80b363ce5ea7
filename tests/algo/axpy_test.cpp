// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <clotho/algo/axpy.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

template <class T> std::vector<T> values(std::size_t n, double first) {
  std::vector<T> made(n);
  for (std::size_t i = 0; i < n; ++i) made[i] = static_cast<T>(std::sin(first + static_cast<double>(i)));
  return made;
}

std::size_t room(std::size_t n, std::ptrdiff_t step) {
  return n == 0 ? 1 : (n - 1) * static_cast<std::size_t>(std::abs(step)) + 1;
}

// Where element i of a vector lies, as BLAS has it.
std::size_t place_of(std::size_t i, std::size_t n, std::ptrdiff_t step) {
  return step > 0 ? i * static_cast<std::size_t>(step) : (n - 1 - i) * static_cast<std::size_t>(-step);
}

template <class T> void check(const runtime& rt, std::size_t n, std::ptrdiff_t incx, std::ptrdiff_t incy) {
  CAPTURE(n);
  CAPTURE(incx);
  CAPTURE(incy);
  const T alpha = T(-1.25);
  const std::vector<T> xs = values<T>(room(n, incx), 1);
  std::vector<T> ys = values<T>(room(n, incy), 2);
  const buffer<T> x(rt, xs), y(rt, ys);
  axpy(rt, n, alpha, x, incx, y, incy);
  for (std::size_t i = 0; i < n; ++i) {
    T& at = ys[place_of(i, n, incy)];
    at = std::fma(alpha, xs[place_of(i, n, incx)], at);
  }
  CHECK(rt.read(y).get() == ys);
  scal(rt, n, 3, y, incy);
  for (std::size_t i = 0; i < n; ++i) ys[place_of(i, n, incy)] *= 3;
  CHECK(rt.read(y).get() == ys);
}

} // namespace

TEST_CASE("axpy and scal of any size") {
  test::for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {0, 1, 15, 16, 17, 33, 300}) check<float>(rt, n, 1, 1);
    if (!test::is_slow_device(rt))
      for (const std::size_t n : {8191, 8192, 8193, 100003}) check<float>(rt, n, 1, 1);
  });
}

TEST_CASE("axpy and scal with increments, also backwards") {
  test::for_each_shape([](const runtime& rt) {
    for (const std::ptrdiff_t incx : {1, 2, -1, -3})
      for (const std::ptrdiff_t incy : {1, 3, -1, -2}) check<float>(rt, 37, incx, incy);
  });
}

TEST_CASE("axpy and scal of double") {
  if (!runtime().devices()[0].info().fp64) CLOTHO_SKIP("the device has no cl_khr_fp64");
  test::for_each_shape([](const runtime& rt) {
    check<double>(rt, 39, 1, 1);
    check<double>(rt, 9, -2, 2);
  });
}

TEST_CASE("axpy and scal of parts that begin anywhere, and of what is no number") {
  test::for_each_shape([](const runtime& rt) {
    const buffer<float> x(rt, std::vector<float>(50, 2)), y(rt, std::vector<float>(50, 1));
    axpy(rt, 2, x.slice(1, 20), y.slice(7, 20));
    const std::vector<float> got = rt.read(y).get();
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == (i >= 7 && i < 27 ? 5.0f : 1.0f));
    const float infinity = std::numeric_limits<float>::infinity();
    const buffer<float> z(rt, std::vector<float>{infinity, 1});
    scal(rt, 0, z);
    const std::vector<float> scaled = rt.read(z).get();
    CHECK(std::isnan(scaled[0]));
    CHECK(scaled[1] == 0);
  });
}

TEST_CASE("axpy refuses what does not fit, in words") {
  const runtime rt({.threads = 1});
  const buffer<float> x(rt, 10), y(rt, 9);
  CHECK(contains(refusal([&] { axpy(rt, 1, x, y); }), "axpy: x has 10 elements and y 9"));
  CHECK(contains(refusal([&] { axpy(rt, 5, 1, x, 0, y, 1); }), "axpy: x has a step of 0"));
  CHECK(contains(refusal([&] { axpy(rt, 5, 1, x, 1, y, -3); }),
                 "axpy: y has 5 elements with a step of -3, but its memory has 9"));
  CHECK(contains(refusal([&] { axpy(rt, 1, x.slice(0, 5), x.slice(4, 5)); }), "axpy: x and y overlap"));
  CHECK(contains(refusal([&] { scal(rt, 11, 1, x, 1); }), "scal: x has 11 elements"));
}
