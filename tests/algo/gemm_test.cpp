// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <clotho/algo/gemm.hpp>
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

template <class T> std::vector<T> random_values(std::size_t n, std::uint32_t seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> values(-1, 1);
  std::vector<T> made(n);
  for (T& v : made) v = static_cast<T>(values(engine));
  return made;
}

struct dimensions {
  std::size_t m, n, k;
  std::size_t padding = 0; // between rows
  std::size_t count = 1, gap = 0;
};

struct operation {
  matrix_op a = none, b = none;
  double alpha = 1, beta = 0;
};

// Matrices of a test, and what becomes of C in plain loops.
template <class T> struct problem {
  dimensions d;
  operation op;
  std::size_t lda, ldb, ldc, stride_a, stride_b, stride_c;
  std::vector<T> a, b, c;

  problem(const dimensions& size, const operation& what) : d(size), op(what) {
    lda = (op.a == none ? d.k : d.m) + d.padding;
    ldb = (op.b == none ? d.n : d.k) + d.padding;
    ldc = d.n + d.padding;
    stride_a = (op.a == none ? d.m : d.k) * lda + d.gap;
    stride_b = (op.b == none ? d.k : d.n) * ldb + d.gap;
    stride_c = d.m * ldc + d.gap;
    a = random_values<T>(stride_a * d.count + 1, 1);
    b = random_values<T>(stride_b * d.count + 1, 2);
    c = random_values<T>(stride_c * d.count + 1, 3);
    if (op.beta == 0) spoil_c();
  }
  void spoil_c() { // nothing of it may come through
    for_each_c([&](std::size_t, std::size_t, std::size_t, std::size_t at) {
      c[at] = std::numeric_limits<T>::quiet_NaN();
    });
  }
  template <class F> void for_each_c(const F& f) const {
    for (std::size_t q = 0; q < d.count; ++q)
      for (std::size_t i = 0; i < d.m; ++i)
        for (std::size_t j = 0; j < d.n; ++j) f(q, i, j, q * stride_c + i * ldc + j);
  }
  double a_at(std::size_t q, std::size_t i, std::size_t l) const {
    return a[q * stride_a + (op.a == none ? i * lda + l : l * lda + i)];
  }
  double b_at(std::size_t q, std::size_t l, std::size_t j) const {
    return b[q * stride_b + (op.b == none ? l * ldb + j : j * ldb + l)];
  }

  // What is wrong with `got`: an element farther from the exact one than promised, or one touched that is not
  // C's.
  std::string wrong(const std::vector<T>& got) const {
    std::vector<T> untouched = c;
    std::string text;
    for_each_c([&](std::size_t q, std::size_t i, std::size_t j, std::size_t at) {
      long double sum = 0, size = 0;
      for (std::size_t l = 0; l < d.k; ++l) {
        const long double product = static_cast<long double>(a_at(q, i, l)) * b_at(q, l, j);
        sum += product, size += std::abs(product);
      }
      const long double before = op.beta == 0 ? 0 : op.beta * static_cast<double>(c[at]);
      const long double exact = op.alpha * sum + before;
      const long double bound = static_cast<long double>(d.k + 3) * std::numeric_limits<T>::epsilon()
                                * (std::abs(op.alpha) * size + std::abs(before));
      if (!(std::abs(got[at] - exact) <= bound) && text.empty())
        text = "matrix " + std::to_string(q) + " at " + std::to_string(i) + ", " + std::to_string(j) + ": "
               + std::to_string(got[at]) + " instead of " + std::to_string(static_cast<double>(exact));
      untouched[at] = got[at];
    });
    for (std::size_t at = 0; at < got.size(); ++at)
      if (text.empty() && !(got[at] == untouched[at]) && got[at] == got[at])
        text = "touched " + std::to_string(at);
    return text;
  }
};

// Both shapes; groups are small where work-items are slow, or few fit a group.
template <class Body> void for_each_shape(const Body& body) {
  test::for_each_shape([&](const runtime& rt) {
    if (test::is_slow_device(rt)) tune(rt, tuning_table::parse("* gemm * group=4 each=2 rows=5 vectors=1"));
    body(rt);
  });
}

template <class T> void check(const runtime& rt, const dimensions& d, const operation& op) {
  CAPTURE(d.m);
  CAPTURE(d.n);
  CAPTURE(d.k);
  CAPTURE(d.padding);
  CAPTURE(d.count);
  CAPTURE(static_cast<int>(op.a));
  CAPTURE(static_cast<int>(op.b));
  CAPTURE(op.alpha);
  CAPTURE(op.beta);
  const problem<T> p(d, op);
  const buffer<T> a(rt, p.a), b(rt, p.b), c(rt, p.c);
  gemm_batched(rt, op.a, op.b, d.m, d.n, d.k, op.alpha, a, p.lda, p.stride_a, b, p.ldb, p.stride_b, op.beta,
               c, p.ldc, p.stride_c, d.count);
  CHECK(p.wrong(rt.read(c).get()) == "");
}

constexpr operation every_operation[] = {{none, none, 1, 0},
                                         {transpose, none, -0.5, 1},
                                         {none, transpose, 2, 0.25},
                                         {transpose, transpose, 1.5, 0}};

} // namespace

TEST_CASE("gemm multiplies matrices of any size, however they lie") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t size : {1, 2, 11, 12, 13, 16, 17, 31, 32, 33, 64, 65})
      for (const operation& op : every_operation) {
        if (test::is_slow_device(rt) && size != 1 && size != 13 && size != 33) continue;
        check<float>(rt, {size, size, size}, op);
      }
    for (const dimensions& d :
         {dimensions{1, 40, 7, 3}, {40, 1, 7, 1}, {3, 70, 1, 2}, {25, 33, 19, 5}, {13, 5, 40, 0}})
      for (const operation& op : every_operation) check<float>(rt, d, op);
  });
}

TEST_CASE("gemm of double") {
  if (!runtime().devices()[0].info().fp64) CLOTHO_SKIP("the device has no cl_khr_fp64");
  for_each_shape([](const runtime& rt) {
    for (const dimensions& d : {dimensions{1, 1, 1}, {12, 16, 8}, {13, 17, 9, 2}, {27, 35, 21, 1}})
      for (const operation& op : every_operation) check<double>(rt, d, op);
  });
}

TEST_CASE("gemm adds up what is deeper than one block") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t k : {255, 256, 257, 600})
      for (const operation& op : every_operation) {
        if (test::is_slow_device(rt) && (k == 255 || k == 600)) continue;
        check<float>(rt, {14, 18, k, 1}, op);
      }
  });
}

TEST_CASE("gemm of many matrices at once") {
  for_each_shape([](const runtime& rt) {
    for (const operation& op : every_operation) check<float>(rt, {13, 9, 5, 1, 5, 3}, op);
    const problem<float> p({4, 4, 4, 0, 3}, {});
    const buffer<float> a(rt, p.a), b(rt, p.b), c(rt, p.c);
    gemm_batched(rt, none, none, 4, 4, 4, 1, a, 4, 0, b, 4, 16, 0, c, 4, 16, 3); // the same A for all
    const std::vector<float> got = rt.read(c).get();
    problem<float> same = p;
    for (std::size_t i = 16; i < 48; ++i) same.a[i] = same.a[i - 16];
    CHECK(same.wrong(got) == "");
  });
}

TEST_CASE("gemm of large matrices") {
  for_each_shape([](const runtime& rt) {
    if (test::is_slow_device(rt)) return; // the small ones have every kind of edge
    std::mt19937 engine(std::random_device{}());
    for (const operation& op : every_operation) {
      std::uniform_int_distribution<std::size_t> any(1, 300);
      check<float>(rt, {any(engine), any(engine), any(engine), any(engine) % 4}, op);
    }
  });
}

TEST_CASE("gemm without products scales C, and does not look at A and B") {
  for_each_shape([](const runtime& rt) {
    check<float>(rt, {5, 40, 0}, {none, none, 1, 0.5});
    check<float>(rt, {5, 40, 0, 1}, {none, none, 1, 0});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const buffer<float> a(rt, std::vector<float>(4, nan)), c(rt, std::vector<float>(4, 3));
    gemm(rt, none, none, 2, 2, 2, 0, a, 2, a, 2, 2, c, 2);
    CHECK(rt.read(c).get() == std::vector<float>(4, 6));
    gemm(rt, none, none, 2, 2, 2, 1, a, 2, a, 2, 0, c, 2);
    CHECK(std::isnan(rt.read(c).get()[3])); // what is in A matters otherwise
    gemm(rt, none, none, 0, 2, 2, 1, a, 2, a, 2, 0, c, 2).get();
    gemm(rt, none, none, 2, 0, 2, 1, a, 2, a, 2, 0, c, 2).get();
  });
}

TEST_CASE("gemm of parts that begin anywhere") {
  for_each_shape([](const runtime& rt) {
    const problem<float> p({7, 6, 5, 1}, {none, none, 1, 1});
    const auto shifted = [&](const std::vector<float>& v, std::size_t by) {
      std::vector<float> moved(by, 77.0f);
      moved.insert(moved.end(), v.begin(), v.end());
      return moved;
    };
    const buffer<float> a(rt, shifted(p.a, 1)), b(rt, shifted(p.b, 3)), c(rt, shifted(p.c, 5));
    gemm(rt, none, none, 7, 6, 5, 1, a.slice(1, p.a.size()), p.lda, b.slice(3, p.b.size()), p.ldb, 1,
         c.slice(5, p.c.size()), p.ldc);
    CHECK(p.wrong(rt.read(c.slice(5, p.c.size())).get()) == "");
    CHECK(rt.read(c.slice(0, 5)).get() == std::vector<float>(5, 77.0f));
  });
}

TEST_CASE("gemm refuses what does not fit, in words") {
  const runtime rt({.threads = 1});
  const buffer<float> a(rt, 12), b(rt, 12), c(rt, 9);
  const auto refused = [&](std::size_t m, std::size_t lda, const auto& left, const auto& result) {
    return refusal([&] { gemm(rt, none, none, m, 3, 4, 1, left, lda, b, 3, 0, result, 3); });
  };
  CHECK(
      contains(refused(3, 3, a, c), "gemm: A has rows of 4 elements, which do not fit between rows 3 apart"));
  CHECK(contains(refused(4, 4, a, c), "gemm: A is 4 x 4 with rows 4 apart, but its memory has 12 elements"));
  CHECK(contains(refused(3, 4, a, a.slice(1, 9)), "gemm: A and C overlap"));
  CHECK(contains(refused(std::size_t{1} << 31, 4, a, c), "counts must be below 2^31"));
  CHECK(contains(refused((std::size_t{1} << 31) - 1, std::size_t{1} << 60, a, c),
                 "but its memory has 12 elements"));
  CHECK(contains(refused(3, 4, buffer<double>(rt, 12), c), "gemm: all elements have the same type"));
  const buffer<int> i(rt, 12);
  CHECK(contains(refusal([&] { gemm(rt, none, none, 1, 1, 1, 1, i, 1, i, 1, 0, i, 1); }),
                 "real numbers, not i32"));
  CHECK(contains(refusal([&] { gemm_batched(rt, none, none, 1, 3, 1, 1, a, 1, 1, b, 3, 3, 0, c, 3, 2, 2); }),
                 "gemm: C is written, but its matrices overlap"));
  if (!rt.devices()[0].info().fp16) {
    const buffer<half> h(rt, 4);
    CHECK(contains(
        refusal([&] { gemm(rt, none, none, 1, 1, 1, 1, h, 1, h.slice(1, 1), 1, 0, h.slice(2, 1), 1); }),
        "gemm of half: the device"));
  }
}
