// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <clotho/algo/gemv.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using enum matrix_op;
using test::contains;
using test::refusal;

namespace {

template <class Body> void for_each_shape(const Body& body) {
  test::for_each_shape([&](const runtime& rt) {
    if (test::is_slow_device(rt)) tune(rt, tuning_table::parse("* gemv * group=8"));
    body(rt);
  });
}

template <class T> std::vector<T> values(std::size_t n, double first) {
  std::vector<T> made(n);
  for (std::size_t i = 0; i < n; ++i)
    made[i] = static_cast<T>(std::sin(first + static_cast<double>(i * i % 1001)));
  return made;
}

// A vector whose elements lie apart, and what lies between them.
template <class T> struct apart {
  std::size_t n;
  std::ptrdiff_t step;
  std::vector<T> memory;

  apart(std::size_t count, std::ptrdiff_t by, double first)
      : n(count), step(by), memory(values<T>(count * static_cast<std::size_t>(std::abs(by)) + 1, first)) {}
  std::size_t at(std::size_t i) const {
    return step > 0 ? i * static_cast<std::size_t>(step) : (n - 1 - i) * static_cast<std::size_t>(-step);
  }
  T& operator[](std::size_t i) { return memory[at(i)]; }
  T operator[](std::size_t i) const { return memory[at(i)]; }
};

struct problem {
  std::size_t m, n, padding = 0;
  std::ptrdiff_t incx = 1, incy = 1;
  double alpha = 1, beta = 0;
};

// What is wrong with the element that was calculated.
template <class T> bool is_close(T got, long double exact, long double size, std::size_t k) {
  return std::abs(got - exact) <= static_cast<long double>(k + 3) * std::numeric_limits<T>::epsilon() * size;
}

template <class T> void check_gemv(const runtime& rt, matrix_op op, const problem& p) {
  CAPTURE(static_cast<int>(op));
  CAPTURE(p.m);
  CAPTURE(p.n);
  CAPTURE(p.incx);
  CAPTURE(p.incy);
  const std::size_t ld = p.n + p.padding, k = op == none ? p.n : p.m, results = op == none ? p.m : p.n;
  const std::vector<T> as = values<T>(p.m * ld + 1, 1);
  const apart<T> xs(k, p.incx, 2);
  apart<T> ys(results, p.incy, 3);
  if (p.beta == 0)
    for (std::size_t i = 0; i < results; ++i) ys[i] = std::numeric_limits<T>::quiet_NaN();
  const buffer<T> a(rt, as), x(rt, xs.memory), y(rt, ys.memory);
  gemv(rt, op, p.m, p.n, p.alpha, a, ld, x, p.incx, p.beta, y, p.incy);
  apart<T> got = ys;
  got.memory = rt.read(y).get();
  std::string wrong;
  for (std::size_t i = 0; i < results; ++i) {
    long double sum = 0, size = 0;
    for (std::size_t l = 0; l < k; ++l) {
      const long double product = static_cast<long double>(as[op == none ? i * ld + l : l * ld + i]) * xs[l];
      sum += product, size += std::abs(product);
    }
    const long double before = p.beta == 0 ? 0 : p.beta * static_cast<double>(ys[i]);
    if (!is_close(got[i], p.alpha * sum + before, std::abs(p.alpha) * size + std::abs(before), k))
      wrong = "element " + std::to_string(i) + " is " + std::to_string(got[i]);
    ys[i] = got[i] = 0;
  }
  CHECK(wrong == "");
  CHECK(got.memory == ys.memory); // nothing else was touched
}

template <class T> void check_ger(const runtime& rt, const problem& p) {
  CAPTURE(p.m);
  CAPTURE(p.n);
  const std::size_t ld = p.n + p.padding;
  const std::vector<T> before = values<T>(p.m * ld + 1, 1);
  const apart<T> xs(p.m, p.incx, 2), ys(p.n, p.incy, 3);
  const buffer<T> a(rt, before), x(rt, xs.memory), y(rt, ys.memory);
  ger(rt, p.m, p.n, p.alpha, x, p.incx, y, p.incy, a, ld);
  std::vector<T> got = rt.read(a).get(), rest = before;
  std::string wrong;
  for (std::size_t i = 0; i < p.m; ++i)
    for (std::size_t j = 0; j < p.n; ++j) {
      const std::size_t at = i * ld + j;
      const long double product = p.alpha * static_cast<long double>(xs[i]) * ys[j];
      const long double bound = 2 * static_cast<long double>(std::numeric_limits<T>::epsilon())
                                * (std::abs(product) + std::abs(before[at]));
      if (!(std::abs(got[at] - (before[at] + product)) <= bound)) wrong = "element " + std::to_string(at);
      rest[at] = got[at];
    }
  CHECK(wrong == "");
  CHECK(got == rest);
}

} // namespace

TEST_CASE("gemv of any size") {
  for_each_shape([](const runtime& rt) {
    for (const matrix_op op : {none, transpose}) {
      for (const std::size_t n : {1, 3, 4, 5, 16, 17, 65}) check_gemv<float>(rt, op, {n, n});
      check_gemv<float>(rt, op, {3, 300, 1});
      check_gemv<float>(rt, op, {300, 3, 2});
      if (test::is_slow_device(rt)) continue;
      check_gemv<float>(rt, op, {256, 256});
      check_gemv<float>(rt, op, {515, 517});
    }
  });
}

TEST_CASE("gemv sums long rows and columns in parts") {
  for_each_shape([](const runtime& rt) {
    check_gemv<float>(rt, none, {2, 4097});
    check_gemv<float>(rt, transpose, {513, 2});
  });
}

TEST_CASE("gemv with increments and factors") {
  for_each_shape([](const runtime& rt) {
    for (const matrix_op op : {none, transpose}) {
      check_gemv<float>(rt, op, {7, 21, 3, 2, -1, -0.5, 1});
      check_gemv<float>(rt, op, {21, 7, 0, -3, 2, 2, 0.25});
      check_gemv<float>(rt, op, {5, 6, 0, 1, -2, 1, 0});
    }
  });
}

TEST_CASE("gemv and ger of double") {
  if (!runtime().devices()[0].info().fp64) CLOTHO_SKIP("the device has no cl_khr_fp64");
  for_each_shape([](const runtime& rt) {
    check_gemv<double>(rt, none, {9, 19, 1, 1, 1, 2, 0.5});
    check_gemv<double>(rt, transpose, {9, 130, 1, 1, 1, 2, 0.5});
    check_ger<double>(rt, {5, 19, 1, 1, 1, -0.5});
  });
}

TEST_CASE("gemv without products scales y, and does not look at A and x") {
  for_each_shape([](const runtime& rt) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const buffer<float> a(rt, std::vector<float>(4, nan)), y(rt, std::vector<float>{1, 2});
    gemv(rt, none, 2, 2, 0, a, 2, a, 1, 3, y, 1);
    CHECK(rt.read(y).get() == std::vector<float>{3, 6});
    gemv(rt, transpose, 0, 2, 1, a, 2, a, 1, 2, y, 1);
    CHECK(rt.read(y).get() == std::vector<float>{6, 12});
    gemv(rt, none, 0, 2, 1, a, 2, a, 1, 2, y, 1).get();
  });
}

TEST_CASE("ger of any size, with increments") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {1, 15, 16, 17, 33}) check_ger<float>(rt, {4, n, 1, 1, 1, 2});
    check_ger<float>(rt, {6, 20, 0, -2, 3, 0.5});
    check_ger<float>(rt, {2, 4099, 0, 1, 1, 1});
  });
}

TEST_CASE("gemv refuses what does not fit, in words") {
  const runtime rt({.threads = 1});
  const buffer<float> a(rt, 6), x(rt, 3), y(rt, 2);
  CHECK(contains(refusal([&] { gemv(rt, none, 2, 3, 1, a, 2, x, 1, 0, y, 1); }),
                 "gemv: A has rows of 3 elements"));
  CHECK(contains(refusal([&] { gemv(rt, transpose, 2, 3, 1, a, 3, y, 1, 0, y, 1); }),
                 "gemv: y has 3 elements with a step of 1, but its memory has 2"));
  CHECK(contains(refusal([&] { gemv(rt, none, 2, 3, 1, a, 3, x, 0, 0, y, 1); }), "gemv: x has a step of 0"));
  CHECK(contains(refusal([&] { gemv(rt, none, 2, 2, 1, a, 2, y, 1, 0, y, 1); }), "gemv: x and y overlap"));
  CHECK(contains(refusal([&] { ger(rt, 2, 3, 1, y, 1, x, 1, a.slice(0, 5), 3); }),
                 "ger: A is 2 x 3 with rows 3 apart, but its memory has 5"));
}
