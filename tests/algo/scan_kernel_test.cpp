// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include <clotho/algo/scan_kernel.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::for_each_shape;
using test::refusal;

namespace {

std::vector<std::size_t> sizes(const runtime& rt) {
  if (test::is_interpreted(rt)) return {0, 1, 9, 300, 2049};
  return {0, 1, 8, 9, 300, 2048, 2049, 16385, 70001};
}

std::vector<int> varied(std::size_t n) {
  std::vector<int> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = static_cast<int>(i * 7919 % 1009) - 500;
  return all;
}

} // namespace

TEST_CASE("inclusive and exclusive in one statement") {
  for_each_shape([](const runtime& rt) {
    const scan_kernel sums(rt, scalar::i64,
                           {.arguments = "int scale, const int* x, long* y, long* z",
                            .input = "(long)scale * x[i]",
                            .output = "y[i] = item; z[i] = before"});
    for (const std::size_t n : sizes(rt)) {
      CAPTURE(n);
      const std::vector<int> content = varied(n);
      std::vector<std::int64_t> with(n), without(n);
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < n; ++i) without[i] = sum, with[i] = sum += 3 * content[i];
      const buffer<int> x(rt, content);
      const buffer<std::int64_t> y(rt, n), z(rt, n);
      sums(3, x, y, z);
      CHECK(rt.read(y).get() == with);
      CHECK(rt.read(z).get() == without);
    }
  });
}

TEST_CASE("by segments, not commutative, in place") {
  for_each_shape([](const runtime& rt) {
    // The last item that is not 0, or 0: associative, and the order matters.
    const scan_kernel last(rt, scalar::i32,
                           {.arguments = "int* x",
                            .input = "x[i] > 0 ? x[i] : 0",
                            .output = "x[i] = item",
                            .combine = "b != 0 ? b : a",
                            .head = "i % 100 == 0"});
    for (const std::size_t n : sizes(rt)) {
      CAPTURE(n);
      const std::vector<int> content = varied(n);
      std::vector<int> expected(n);
      for (std::size_t i = 0; i < n; ++i) {
        const int before = i % 100 == 0 ? 0 : expected[i - 1];
        expected[i] = content[i] > 0 ? content[i] : before;
      }
      const buffer<int> x(rt, content);
      last(x);
      CHECK(rt.read(x).get() == expected);
    }
  });
}

TEST_CASE("errors: the compiler's by snippet, and those told at once") {
  const runtime rt;
  const scan_kernel wrong(rt, scalar::f32,
                          {.arguments = "float* x", .input = "x[i]", .output = "x[i] = itme"});
  CHECK(contains(refusal([&] { wrong(buffer<float>(rt, 10)).get(); }), "output of the scan:1:8: error"));
  const auto refused = [&](const scan_text& text) {
    return refusal([&] { scan_kernel(rt, scalar::f32, text); });
  };
  CHECK(contains(refused({.arguments = "float* item"}), "'item' has a meaning of its own here"));
  CHECK(refused({}) == "a scan of nothing: name the arguments that its input and output use");
  CHECK(
      contains(refused({.arguments = "float* x", .input = "x[i"}), "input of the scan:1: '[' is not closed"));
}
