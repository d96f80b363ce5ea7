// SPDX-License-Identifier: Apache-2.0
// Kernels from a user's statement.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <clotho/algo/array.hpp>
#include <clotho/algo/elementwise.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

TEST_CASE("a statement is done for each index") {
  test::for_each_shape([](const runtime& rt) {
    const elementwise saxpy(rt, "float a, const float* x, float* y", "y[i] = a * x[i] + y[i]");
    for (const std::size_t n :
         {std::size_t{0}, std::size_t{1}, std::size_t{33}, std::size_t{300}, std::size_t{9000}}) {
      if (n > 300 && test::is_slow_device(rt)) continue;
      const buffer<float> x(rt, std::vector<float>(n, 2)), y(rt, std::vector<float>(n, 1));
      saxpy(3, x, y);
      CHECK(rt.read(y).get() == std::vector<float>(n, 7));
    }
    const buffer<float> x(rt, std::vector<float>(50, 2)), y(rt, std::vector<float>(50, 1));
    saxpy(3, x.slice(1, 10), y.slice(7, 10)); // parts that begin anywhere
    std::vector<float> expected(50, 1);
    for (std::size_t i = 7; i < 17; ++i) expected[i] = 7;
    CHECK(rt.read(y).get() == expected);
    saxpy(1, y, y); // one array for both
    CHECK(rt.read(y).get()[8] == 14);
    const array<float> z(rt, {5, 10}, std::vector<float>(50, 10));
    saxpy(1, x, z);
    CHECK(z.to_vector() == std::vector<float>(50, 12));
  });
}

TEST_CASE("several statements, functions in front, indices that are wanted") {
  test::for_each_shape([](const runtime& rt) {
    const elementwise twice(
        rt, "const int* from, int* to, uint n_from",
        "int sum = 0;\nfor (uint k = 0; k < n_from; ++k) sum += squared(from[k]);\nto[i] = sum + (int)i",
        "static inline int squared(int x) { return x * x; }");
    const buffer<int> from(rt, std::vector<int>{1, 2, 3}), to(rt, 20);
    twice.over(20, from, to, 3);
    const std::vector<int> got = rt.read(to).get();
    for (int i = 0; i < 20; ++i) CHECK(got[static_cast<std::size_t>(i)] == 14 + i);
  });
}

TEST_CASE("what the compiler says names the user's line and column") {
  const runtime rt({.threads = 1});
  const elementwise wrong(rt, "int* x", "const int two = 2;\nx[i] = tow");
  const buffer<int> x(rt, 3);
  const std::string said = refusal([&] { wrong(x).get(); });
  CHECK(contains(said, "statement:2:"));
  CHECK(contains(said, "tow"));
  CHECK(contains(refusal([&] { elementwise(rt, "int* x", "x[i] = (1")(x).get(); }), "'(' is not closed"));
}

TEST_CASE("misuse is refused by name") {
  const runtime rt({.threads = 1});
  const buffer<float> x(rt, 3), longer(rt, 4);
  const buffer<int> ints(rt, 3);
  const elementwise saxpy(rt, "float a, const float* x, float* y", "y[i] = a * x[i] + y[i]");
  CHECK(contains(refusal([&] { saxpy(1, x); }), "there are 3 arguments (a, x, y), and 2 were given"));
  CHECK(contains(refusal([&] { saxpy(x, x, x); }), "'float a' takes a number, and was given memory"));
  CHECK(contains(refusal([&] { saxpy(1, 2, x); }), "'const float* x' takes memory, and was given a number"));
  CHECK(contains(refusal([&] { saxpy(1, ints, x); }), "'const float* x' was given elements of type int"));
  CHECK(contains(refusal([&] { saxpy(1, x, longer); }), "x has 3 elements and y 4"));
  CHECK(contains(refusal([&] {
                   saxpy(1, x, array<float>(rt, {3, 3}).transposed());
                 }),
                 "do not lie in a row"));
  CHECK(contains(refusal([&] { elementwise(rt, "uchar a, float* x", "x[i] = a")(300, x); }),
                 "the number 300 does not fit the argument 'uchar a'"));
  CHECK(contains(refusal([&] { elementwise(rt, "int a, float* x", "x[i] = a")(0.5, x); }), "the number 0.5"));
  CHECK(contains(refusal([&] { elementwise(rt, "float* i", "i[0] = 1"); }), "has a meaning of its own here"));
  CHECK(contains(refusal([&] { elementwise(rt, "float* x", " "); }), "the statement is empty"));
  CHECK(contains(refusal([&] { elementwise(rt, "", "1"); }), "there are no arguments"));
  CHECK(contains(refusal([&] { elementwise(rt, "float a", "a")(1); }), "no argument is memory"));
}
