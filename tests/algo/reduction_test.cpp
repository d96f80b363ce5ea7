// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include <clotho/algo/reduction.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::for_each_shape;
using test::refusal;

namespace {

std::vector<float> small_numbers(std::size_t n) {
  std::vector<float> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = static_cast<float>(i * 7 % 11) - 5;
  return all;
}

} // namespace

TEST_CASE("a dot product, scaled") {
  for_each_shape([](const runtime& rt) {
    const reduction<float> dot(rt, "float a, const float* x, const float* y", {{.map = "a * x[i] * y[i]"}});
    for (const std::size_t n : {1u, 63u, 64u, 65u, 4096u, 4097u, 20000u}) {
      if (n > 5000 && test::is_interpreted(rt)) continue;
      CAPTURE(n);
      const std::vector<float> content = small_numbers(n);
      float expected = 0;
      for (const float each : content) expected += 2 * each * each; // whole numbers: exact
      const buffer<float> x(rt, content);
      CHECK(dot(2.0f, x, x).get() == expected);
    }
  });
}

TEST_CASE("several results of several types at once, with functions of the user's") {
  for_each_shape([](const runtime& rt) {
    const reduction<std::int32_t, std::int32_t, std::uint64_t> range(
        rt, "const int* x, int limit",
        {{"x[i]", "min(a, b)", "INT_MAX"},
         {"x[i]", "max(a, b)", "INT_MIN"},
         {.map = "is_large(x[i], limit)"}},
        "bool is_large(int x, int limit) { return x > limit; }");
    const std::size_t n = test::is_interpreted(rt) ? 700 : 9000;
    std::vector<int> content(n);
    for (std::size_t i = 0; i < n; ++i) content[i] = static_cast<int>(i * 7919 % n) - 100;
    const auto [smallest, largest, count] = range(buffer<int>(rt, content), 50).get();
    CHECK(smallest == -100);
    CHECK(largest == static_cast<int>(n) - 101);
    CHECK(count == static_cast<std::uint64_t>(std::count_if(content.begin(), content.end(), [](int x) {
            return x > 50;
          })));
  });
}

TEST_CASE("so many indices as are asked for, none too") {
  for_each_shape([](const runtime& rt) {
    const reduction<std::uint32_t> sum(rt, "uint n", {{.map = "(uint)i + n"}});
    CHECK(sum.over(100, 1u).get() == 5050);
    const reduction<std::int32_t> largest(rt, "const int* x", {{"x[i]", "max(a, b)", "-1"}});
    CHECK(largest(buffer<int>(rt, 0)).get() == -1);
  });
}

TEST_CASE("what the compiler refuses is named by snippet, line and column") {
  const runtime rt;
  const buffer<float> x(rt, 10);
  const reduction<float> wrong_map(rt, "const float* x", {{.map = "x[i] +\n  z[i]"}});
  CHECK(contains(refusal([&] { (void)wrong_map(x).get(); }), "map of result 1:2:3: error"));
  const reduction<float> wrong_combine(rt, "const float* x", {{"x[i]", "a + c"}});
  CHECK(contains(refusal([&] { (void)wrong_combine(x).get(); }), "combine of result 1:1:5: error"));
}

TEST_CASE("misuse is told at once") {
  const runtime rt;
  CHECK(
      contains(refusal([&] { reduction<float>(rt, "flaot* x", {{.map = "x[i]"}}); }), "'flaot' is no type"));
  CHECK(refusal([&] { reduction<float, float>(rt, "float* x", {{.map = "x[i]"}}); })
        == "a reduction to 2 types needs as many results, not 1");
  CHECK(contains(refusal([&] { reduction<float>(rt, "float* x", {{.map = "(x[i]"}}); }),
                 "map of result 1:1: '(' is not closed"));
  const reduction<float> dot(rt, "const float* x, const float* y", {{.map = "x[i] * y[i]"}});
  const buffer<float> x(rt, 10);
  CHECK(refusal([&] { (void)dot(x); }) == "reduction: 2 arguments are wanted (x, y), not 1");
  CHECK(refusal([&] { (void)dot(x, 1.0f); }) == "reduction: argument 'y' is memory, such as a buffer");
  CHECK(refusal([&] { (void)dot(x, x.slice(0, 9)); }) == "reduction: x has 10 elements and y 9");
}
