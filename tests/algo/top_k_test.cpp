// SPDX-License-Identifier: Apache-2.0
// The k largest and smallest against a stable sort of all, in both shapes, with blocks from few elements on.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include <clotho/algo/top_k.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/keys.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::random_keys;
using test::refusal;

namespace {

template <class Body> void for_each_small_shape(const Body& body) {
  test::for_each_shape([&](const runtime& rt) {
    tune(rt, tuning_table::parse("* top_k * small=16"));
    if (test::is_interpreted(rt)) tune(rt, tuning_table::parse("* sort * group=32 items=2"));
    body(rt);
  });
}

template <class T>
void check_top(const runtime& rt, const std::vector<T>& content, std::size_t k, bool smallest) {
  CAPTURE(content.size());
  CAPTURE(k);
  CAPTURE(smallest);
  auto order = test::expected_order(content, {.descending = !smallest});
  order.resize(k);
  const buffer<T> x(rt, content), values(rt, k);
  const buffer<std::uint32_t> indices(rt, k);
  top_k(rt, x, values, indices, {.smallest = smallest});
  CHECK(test::same_bits(rt.read(values).get(), test::in_order(content, order)));
  CHECK(rt.read(indices).get() == order);
  CHECK(test::same_bits(rt.read(x).get(), content));
}

template <class T> void check_both(const runtime& rt, const std::vector<T>& content, std::size_t k) {
  check_top(rt, content, k, false);
  check_top(rt, content, k, true);
}

std::size_t few(const runtime& rt) { return test::is_interpreted(rt) ? 270 : 1100; }

template <class T> void check_type() {
  for_each_small_shape([](const runtime& rt) { check_both(rt, random_keys<T>(few(rt), 3), few(rt) / 270); });
}

} // namespace

TEST_CASE("few of every number") {
  for_each_small_shape([](const runtime& rt) {
    const std::size_t step = test::is_slow_device(rt) ? 89 : 1;
    for (std::size_t n = 1; n <= 300; n += step)
      check_top(rt, random_keys<std::uint32_t>(n, static_cast<unsigned>(n)), 1 + n / 256, n % 2 == 0);
  });
}

TEST_CASE("around blocks and tiles, and from one to all") {
  for_each_small_shape([](const runtime& rt) {
    const bool slow = test::is_slow_device(rt);
    const std::size_t most = test::is_interpreted(rt) ? 256 : slow ? 600 : 100000;
    for (const std::size_t n : {255u, 256u, 257u, 511u, 513u, 1025u, 16384u, 16385u, 70001u})
      for (const std::size_t k : {n / 256, n / 256 + 1, n})
        if (k != 0 && n <= most && (n < 300 || k <= n / 256))
          check_top(rt, random_keys<std::uint32_t>(n, 7), k, k == 2);
  });
}

TEST_CASE("as it comes, and more elements") {
  const runtime rt({.threads = 2});
  const auto keys = random_keys<float>(test::is_interpreted(rt)   ? 300
                                       : test::is_slow_device(rt) ? 5'000
                                                                  : 1'200'003,
                                       5);
  check_top(rt, keys, keys.size() < 1000 ? 1 : 10, false);
  if (!test::is_slow_device(rt)) check_top(rt, keys, 3'000, true);
}

TEST_CASE("integers and floating elements") {
  check_type<std::int8_t>();
  check_type<half>();
  check_type<double>();
}

TEST_CASE("of equal elements the first, and in any order of what comes") {
  for_each_small_shape([](const runtime& rt) {
    std::vector<int> content(test::is_interpreted(rt) ? 513 : 1500, 7);
    check_both(rt, content, content.size() / 256);
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<int>(i / 3);
    check_both(rt, content, content.size() / 256);
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = -static_cast<int>(i % 200);
    check_both(rt, content, content.size() / 256);
  });
}

TEST_CASE("NaN is larger than all, -0 smaller than +0; the worst there are") {
  for_each_small_shape([](const runtime& rt) {
    const auto content = test::odd_values<float>(few(rt) / 9);
    check_both(rt, content, content.size() / 256);
    check_both(rt, std::vector<std::uint32_t>(600, 0), 2); // what fills up the last block is no better
    check_both(rt, std::vector<std::uint32_t>(600, ~0u), 2);
  });
}

TEST_CASE("parts that begin anywhere, without indices") {
  for_each_small_shape([](const runtime& rt) {
    const auto content = random_keys<std::uint16_t>(900, 1);
    const buffer<std::uint16_t> x(rt, content), values(rt, std::vector<std::uint16_t>(5, 1));
    top_k(rt, x.slice(1, 897), values.slice(1, 3));
    const std::vector<std::uint16_t> part(content.begin() + 1, content.begin() + 898);
    auto order = test::expected_order(part, {.descending = true});
    order.resize(3);
    std::vector<std::uint16_t> expected = test::in_order(part, order);
    expected.insert(expected.begin(), 1);
    expected.push_back(1);
    CHECK(rt.read(values).get() == expected);
  });
}

TEST_CASE("what cannot be had is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<float> x(rt, 10), values(rt, 11);
  const buffer<std::uint32_t> indices(rt, 3);
  CHECK(refusal([&] { top_k(rt, x, values); }) == "top_k: 11 of 10 elements");
  CHECK(refusal([&] { top_k(rt, x, x); }) == "top_k: x and values overlap");
  CHECK(refusal([&] { top_k(rt, x, values.slice(0, 4), indices); })
        == "top_k: values has 4 elements and indices 3");
  CHECK_NOTHROW(top_k(rt, x, values.slice(0, 0)).get());
}
