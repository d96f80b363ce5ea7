// SPDX-License-Identifier: Apache-2.0
// Arrays: making them, views of them, and what comes of assigning expressions to them.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <clotho/algo/array.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

template <class T> std::vector<T> counted(std::size_t n, T step = 1) {
  std::vector<T> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = static_cast<T>(static_cast<T>(i) * step);
  return all;
}

// What the array's elements are, by its own strides, in plain loops.
template <class T> std::vector<T> elements(const std::vector<T>& memory, const layout& view) {
  std::vector<T> all;
  const std::size_t n = view.shape().volume();
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t rest = i;
    std::int64_t at = view.offset();
    for (std::size_t d = view.shape().rank(); d-- > 0; rest /= view.shape()[d])
      at += static_cast<std::int64_t>(rest % view.shape()[d]) * view.strides()[d];
    all.push_back(memory[static_cast<std::size_t>(at)]);
  }
  return all;
}

} // namespace

TEST_CASE("every size from none to 300, and edges of tiles") {
  test::for_each_shape([](const runtime& rt) {
    std::vector<std::size_t> sizes;
    for (std::size_t n = 0; n <= 300; n += test::is_slow_device(rt) ? 37 : 1) sizes.push_back(n);
    for (const std::size_t n : {4095, 4096, 4097, 8191, 8192, 8209})
      if (!test::is_slow_device(rt)) sizes.push_back(n);
    for (const std::size_t n : sizes) {
      CAPTURE(n);
      const array<float> x(rt, counted<float>(n)), y(rt, counted<float>(n, 3));
      const array<float> z = 2.5 * x + y;
      const std::vector<float> got = z.to_vector();
      REQUIRE(got.size() == n);
      for (std::size_t i = 0; i < n; ++i) REQUIRE(got[i] == 5.5f * static_cast<float>(i));
    }
  });
}

TEST_CASE("new arrays") {
  test::for_each_shape([](const runtime& rt) {
    CHECK(full(rt, {2, 3}, 7).to_vector() == std::vector<int>(6, 7));
    CHECK(zeros<std::uint8_t>(rt, 5).to_vector() == std::vector<std::uint8_t>(5, 0));
    CHECK(arange<std::int64_t>(rt, 40, 5, -2).to_vector()[39] == -73);
    CHECK(linspace(rt, 0.0f, 1.0f, 5).to_vector() == std::vector<float>{0, 0.25f, 0.5f, 0.75f, 1});
    CHECK(arange<float>(rt, 4).reshaped(2, -1).shape() == extents{2, 2});
    CHECK(full(rt, {}, 3.0f).to_vector() == std::vector<float>{3});
    array<float> none;
    CHECK(!static_cast<bool>(none));
    none = full(rt, 3, 1.0f) * 2;
    CHECK(none.to_vector() == std::vector<float>(3, 2));
  });
}

TEST_CASE("views name the same elements") {
  test::for_each_shape([](const runtime& rt) {
    const std::vector<int> memory = counted<int>(60);
    const array<int> x(rt, {3, 4, 5}, memory);
    const std::vector<array<int>> views{x(1),
                                        x(slice(), 2),
                                        x(slice(1)),
                                        x(slice(), slice(1, 3), slice({}, {}, 2)),
                                        x(slice({}, {}, -1), -1, slice(4, 0, -2)),
                                        x.transposed(),
                                        x.transposed(2, 0, 1),
                                        x.expanded(1),
                                        x(slice(0, 1)).squeezed(),
                                        x.reshaped(12, 5),
                                        x.reshaped(2, -1),
                                        x(2).broadcast_to({2, 4, 5}),
                                        x(slice(), slice(5, 2)),
                                        x.transposed().reshaped(5, 2, 2, 3)};
    for (const array<int>& one : views) {
      CAPTURE(to_string(one.shape()));
      CHECK(one.to_vector() == elements(memory, one.view()));
      CHECK(array<int>(one + 0).to_vector() == elements(memory, one.view()));
    }
    array<int> row = x(1, 2);
    row = -1;
    std::vector<int> expected = memory;
    for (std::size_t i = 30; i < 35; ++i) expected[i] = -1;
    CHECK(x.to_vector() == expected);
    CHECK(x.transposed(2, 1, 0).reshaped(60).to_vector()
          == elements(expected, x.transposed().view())); // a copy
  });
}

TEST_CASE("parts are written, and what lies between them stays") {
  test::for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {std::size_t{7}, std::size_t{100}}) {
      const array<std::int16_t> x(rt, counted<std::int16_t>(n));
      x(slice(1, {}, 2)) = x(slice(1, {}, 2)) * 100;
      x(slice(0, 3)) += 1;
      std::vector<std::int16_t> expected = counted<std::int16_t>(n);
      for (std::size_t i = 1; i < n; i += 2) expected[i] = static_cast<std::int16_t>(expected[i] * 100);
      for (std::size_t i = 0; i < 3; ++i) ++expected[i];
      CHECK(x.to_vector() == expected);
    }
  });
}

TEST_CASE("the right side is calculated before anything is written") {
  test::for_each_shape([](const runtime& rt) {
    array<int> x(rt, counted<int>(200));
    x = x + 1;
    x(slice(1)) = x(slice({}, -1));
    std::vector<int> expected(200);
    for (int i = 0; i < 200; ++i) expected[static_cast<std::size_t>(i)] = i == 0 ? 1 : i;
    CHECK(x.to_vector() == expected);
    x = x(slice({}, {}, -1));
    CHECK(x.to_vector() == std::vector<int>(expected.rbegin(), expected.rend()));
    array<int> square(rt, {3, 3}, counted<int>(9));
    square = square.transposed() * 10 + square;
    CHECK(square.to_vector() == std::vector<int>{0, 31, 62, 13, 44, 75, 26, 57, 88});
  });
}

TEST_CASE("shapes are repeated to go together") {
  test::for_each_shape([](const runtime& rt) {
    const array<float> x(rt, {4, 33}, counted<float>(132)), row(rt, counted<float>(33, 100)),
        column(rt, {4, 1}, counted<float>(4, 1000));
    const array<float> z = x + row * 2 + column;
    const std::vector<float> got = z.to_vector();
    for (std::size_t i = 0; i < 132; ++i)
      CHECK(got[i]
            == static_cast<float>(i) + static_cast<float>(i % 33) * 200 + static_cast<float>(i / 33) * 1000);
    const array<float> outer = row.expanded(1) - row.expanded(0);
    CHECK(outer.shape() == extents{33, 33});
    CHECK(outer.to_vector()[2 * 33 + 32] == -3000);
    const array<std::uint8_t> rgb(rt, {6, 50, 3}, std::vector<std::uint8_t>(900, 10)),
        tint(rt, std::vector<std::uint8_t>{1, 2, 3});
    const std::vector<std::uint8_t> tinted = array<std::uint8_t>(rgb * tint).to_vector();
    for (std::size_t i = 0; i < 900; ++i) CHECK(tinted[i] == 10 * (1 + i % 3));
  });
}

TEST_CASE("more dimensions than kernels walk through") {
  test::for_each_shape([](const runtime& rt) {
    const std::vector<int> memory = counted<int>(3 * 4 * 3 * 4 * 3 * 4);
    const array<int> x(rt, {3, 4, 3, 4, 3, 4}, memory);
    array<int> odd = x(slice(1), slice(0, 3), slice({}, {}, 2), slice(1, 3), slice(0, 2), slice({}, {}, 3));
    array<int> y(rt, odd.shape());
    y = odd + 0;
    CHECK(y.to_vector() == elements(memory, odd.view()));
    odd = y * 0;
    CHECK(odd.to_vector() == std::vector<int>(odd.size(), 0));
    CHECK(x.to_vector()[0] == 0);
    CHECK(x.to_vector()[1] == 1);
  });
}

TEST_CASE("types of expressions") {
  using detail::value_of;
  const auto is = []<class T, class X>(const X&) { return std::is_same_v<value_of<X>, T>; };
  const runtime rt({.threads = 1});
  const array<float> f(rt, 1);
  const array<double> d(rt, 1);
  const array<std::uint8_t> u8(rt, 1);
  const array<int> i32(rt, 1);
  const array<std::uint32_t> u32(rt, 1);
  const array<std::uint64_t> u64(rt, 1);
  const array<half> h(rt, 1);
  CHECK(is.operator()<float>(f * 2.5));
  CHECK(is.operator()<float>(f + i32));
  CHECK(is.operator()<double>(f + d));
  CHECK(is.operator()<std::uint8_t>(u8 + u8));
  CHECK(is.operator()<int>(u8 + i32));
  CHECK(is.operator()<std::int64_t>(i32 + u32));
  CHECK(is.operator()<std::uint64_t>(i32 + u64));
  CHECK(is.operator()<double>(i32 * 0.5));
  CHECK(is.operator()<float>(i32 * 0.5f));
  CHECK(is.operator()<float>(sin(u8)));
  CHECK(is.operator()<double>(sin(i32)));
  CHECK(is.operator()<float>(h + h));
  CHECK(is.operator()<detail::truth>(f < 1));
  CHECK(is.operator()<std::uint8_t>((f < 1) + (f > 2)));
  CHECK(is.operator()<double>(cast<double>(f)));
  CHECK(is.operator()<float>(where(f < 1, f, 0)));
}

TEST_CASE("misuse is refused in words") {
  const runtime rt({.threads = 1});
  array<float> x(rt, {3, 4}), y(rt, {3}), none;
  const array<std::uint8_t> bytes(rt, 3);
  CHECK(contains(refusal([&] { x = x + y; }), "shapes (3, 4) and (3,) do not go together"));
  CHECK(contains(refusal([&] { y = x + 1; }),
                 "values of shape (3, 4) cannot be assigned to an array of shape (3,)"));
  CHECK(contains(refusal([&] {
                   y.broadcast_to({2, 3}) = 1;
                 }),
                 "whose elements are repeated cannot be assigned to"));
  CHECK(contains(refusal([&] { (void)none.shape(); }), "given no elements yet"));
  CHECK(contains(refusal([&] { none = 1; }), "given no elements yet"));
  CHECK(contains(refusal([&] {
                   array<float>(rt, {2, -1});
                 }),
                 "dimension 1 of an array cannot have -1 elements"));
  CHECK(contains(refusal([&] {
                   array<float>(rt, {1, 1, 1, 1, 1, 1, 1, 1, 1});
                 }),
                 "an array of 9 dimensions"));
  CHECK(contains(refusal([&] {
                   array<float>(rt, {1LL << 40, 1LL << 40});
                 }),
                 "more elements than any memory"));
  CHECK(contains(refusal([&] {
                   array<float>(rt, {2, 2}, std::vector<float>(3));
                 }),
                 "of shape (2, 2) has 4 elements, not 3"));
  CHECK(contains(refusal([&] { (void)x(3); }), "no element 3 along dimension 0 of an array of shape (3, 4)"));
  CHECK(contains(refusal([&] { (void)x(0, 0, 0); }), "has no dimension 0"));
  CHECK(contains(refusal([&] { (void)x(slice(0, 2, 0)); }), "a step of 0"));
  CHECK(contains(refusal([&] { (void)x.reshaped(5, -1); }),
                 "an array of shape (3, 4) has 12 elements: a shape of 5 times a whole number does not fit"));
  CHECK(contains(refusal([&] { (void)x.reshaped(-1, -1); }), "only one dimension"));
  CHECK(contains(refusal([&] { (void)x.transposed(0, 0); }), "named twice"));
  CHECK(contains(refusal([&] { (void)x.squeezed(0); }), "is not 1"));
  CHECK(contains(refusal([&] {
                   (void)x.broadcast_to({3, 5});
                 }),
                 "shape (3, 4) cannot be repeated to (3, 5)"));
  CHECK(contains(refusal([&] { (void)buffer_slice<float>(x.transposed()); }), "do not lie in a row"));
  CHECK(
      contains(refusal([&] { (void)(bytes + 300); }), "the number 300 does not fit elements of type uchar"));
  CHECK(contains(refusal([&] { (void)(bytes < -1); }), "the number -1 does not fit"));
}

TEST_CASE("handles: copies name the same elements, assigning writes them") {
  const runtime rt({.threads = 1});
  array<int> x(rt, std::vector<int>{1, 2, 3}), same = x, other = x.copy();
  x = x * 2;
  CHECK(same.to_vector() == std::vector<int>{2, 4, 6});
  CHECK(other.to_vector() == std::vector<int>{1, 2, 3});
  std::swap(x, other);
  CHECK(x.to_vector() == std::vector<int>{1, 2, 3});
  CHECK(other.to_vector() == std::vector<int>{2, 4, 6});
  other = x;
  CHECK(same.to_vector() == std::vector<int>{1, 2, 3});
  array<int> late;
  late = x;
  late += 1;
  CHECK(x.to_vector() == std::vector<int>{2, 3, 4});
}

TEST_CASE("arrays as text") {
  const runtime rt({.threads = 1});
  CHECK(to_string(arange<int>(rt, 12).reshaped(3, 4)) == "[[ 0  1  2  3]\n [ 4  5  6  7]\n [ 8  9 10 11]]");
  CHECK(to_string(arange<float>(rt, 8, 0, 0.5f).reshaped(2, 2, 2))
        == "[[[  0 0.5]\n  [  1 1.5]]\n\n [[  2 2.5]\n  [  3 3.5]]]");
  CHECK(to_string(arange<int>(rt, 2000)) == "[   0    1    2 ... 1997 1998 1999]");
  CHECK(contains(to_string(arange<int>(rt, 4000).reshaped(40, 100)),
                 " [ 200  201  202 ...  297  298  299]\n ...\n [3700"));
  CHECK(to_string(full(rt, {}, 2.5f)) == "2.5");
  CHECK(to_string(zeros<float>(rt, {0, 3})) == "[]");
}

TEST_CASE("random views, repeated and overlapping, against plain loops") {
  test::for_each_shape([](const runtime& rt) {
    const unsigned seed = 11;
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::int64_t n) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(n));
    };
    const int rounds = test::is_slow_device(rt) ? 6 : 60;
    for (int round = 0; round < rounds; ++round) {
      const std::int64_t a = 1 + below(6), b = 1 + below(9), c = 1 + below(40);
      std::vector<int> memory = counted<int>(static_cast<std::size_t>(a * b * c));
      const array<int> x(rt, {a, b, c}, memory);
      const auto any = [&](std::int64_t size) {
        const std::int64_t step = 1 + below(3);
        return below(2) == 0 ? slice(below(size), {}, step) : slice({}, {}, -step);
      };
      array<int> to = x(any(a), any(b), any(c));
      const array<int> turned =
          below(2) == 0 ? to.sliced(2, slice({}, {}, -1)) : to.sliced(0, slice({}, {}, -1));
      const array<int> from = below(3) == 0 ? turned(slice(), slice(0, 1)) : turned; // repeated
      CAPTURE(round);
      const layout repeated = from.view().broadcast_to(to.shape());
      const std::vector<int> values = elements(memory, repeated), old = elements(memory, to.view());
      to = to * 3 + from;
      std::vector<int> expected;
      for (std::size_t i = 0; i < values.size(); ++i) expected.push_back(old[i] * 3 + values[i]);
      REQUIRE(to.to_vector() == expected);
    }
  });
}

TEST_CASE("results larger than the caches, wherever they begin") {
  const runtime rt;
  if (test::is_slow_device(rt)) CLOTHO_SKIP("a device that does millions of elements in a moment");
  const std::int64_t n = 4'300'003;
  std::vector<float> content(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<float>(i % 1000);
  const array<float> x(rt, content);
  for (const std::int64_t begin : {0, 1, 16, 37}) {
    CAPTURE(begin);
    const array<float> z(rt, {n + 40}, std::vector<float>(static_cast<std::size_t>(n) + 40, -1.0f));
    z(slice(begin, begin + n)).assign(x * 2.0f + 1.0f);
    z(slice(begin, begin + n)).assign(z(slice(begin, begin + n)) + x); // which it reads itself
    const std::vector<float> got = z.to_vector();
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      const std::int64_t from = static_cast<std::int64_t>(i) - begin;
      const bool is_inside = from >= 0 && from < n;
      wrong += got[i] != (is_inside ? content[static_cast<std::size_t>(from)] * 3 + 1 : -1) ? 1 : 0;
    }
    CHECK(wrong == 0);
  }
}
