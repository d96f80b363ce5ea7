// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <clotho/algo/compact.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::for_each_shape;

namespace {

std::vector<int> varied(std::size_t n, int most) {
  std::mt19937 random(static_cast<unsigned>(n));
  std::vector<int> all(n);
  for (int& each : all) each = std::uniform_int_distribution<int>(0, most)(random);
  return all;
}

std::vector<std::uint8_t> flags_for(const std::vector<int>& content) {
  std::vector<std::uint8_t> flags;
  for (const int each : content) flags.push_back(static_cast<std::uint8_t>(each % 3));
  return flags;
}

std::vector<std::size_t> sizes(const runtime& rt) {
  if (test::is_interpreted(rt)) return {0, 1, 7, 300, 2049};
  return {0, 1, 7, 8, 9, 255, 300, 2047, 2048, 2049, 16384, 16385, 70001};
}

// The results of one call, behind which y is as it was.
void check_front(const runtime& rt, const buffer<int>& y, std::uint64_t count,
                 const std::vector<int>& expected) {
  std::vector<int> got = rt.read(y).get();
  REQUIRE(count == expected.size());
  CHECK(std::equal(expected.begin(), expected.end(), got.begin()));
  CHECK(std::all_of(got.begin() + static_cast<std::ptrdiff_t>(count), got.end(),
                    [](int each) { return each == -1; }));
}

} // namespace

TEST_CASE("copy_if and remove_if by flags") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : sizes(rt)) {
      CAPTURE(n);
      const std::vector<int> content = varied(n, 100);
      const buffer<int> x(rt, content), y(rt, std::vector<int>(n, -1)), z(rt, std::vector<int>(n, -1));
      const buffer<std::uint8_t> flags(rt, flags_for(content));
      std::vector<int> kept, others;
      for (const int each : content) (each % 3 != 0 ? kept : others).push_back(each);
      check_front(rt, y, copy_if(rt, x, flags, y).get(), kept);
      check_front(rt, z, remove_if(rt, x, flags, z).get(), others);
    }
  });
}

TEST_CASE("copy_if and partition by an expression") {
  for_each_shape([](const runtime& rt) {
    const std::size_t n = test::is_interpreted(rt) ? 300 : 40000;
    const std::vector<int> content = varied(n, 100);
    const buffer<int> x(rt, content), y(rt, std::vector<int>(n, -1));
    std::vector<int> expected;
    std::copy_if(content.begin(), content.end(), std::back_inserter(expected),
                 [](int each) { return each > 50; });
    check_front(rt, y, copy_if(rt, x, "x > 50", y).get(), expected);
    const std::uint64_t middle = partition(rt, x, "x > 50", y).get();
    CHECK(middle == expected.size());
    std::copy_if(content.begin(), content.end(), std::back_inserter(expected),
                 [](int each) { return each <= 50; });
    CHECK(rt.read(y).get() == expected);
  });
}

TEST_CASE("unique keeps the first of each run, also across tiles") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : sizes(rt)) {
      CAPTURE(n);
      const std::vector<int> content = varied(n, 1);
      const buffer<int> x(rt, content), y(rt, std::vector<int>(n, -1));
      std::vector<int> expected = content;
      expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
      check_front(rt, y, unique(rt, x, y).get(), expected);
    }
  });
}

TEST_CASE("a predicate that does not compile is named") {
  const runtime rt;
  const buffer<int> x(rt, 10), y(rt, 10);
  const std::string refused = test::refusal([&] { (void)copy_if(rt, x, "x > limit", y).get(); });
  CHECK(test::contains(refused, "predicate:1:5: error"));
  CHECK(test::contains(test::refusal([&] { (void)copy_if(rt, x, "x > (1", y); }),
                       "predicate:1: '(' is not closed"));
}

TEST_CASE("misuse is told at once") {
  const runtime rt;
  const buffer<int> x(rt, 10);
  CHECK(test::refusal([&] { (void)unique(rt, x, x); }) == "compaction: x and y overlap");
  CHECK(test::refusal([&] { (void)unique(rt, x, buffer<int>(rt, 9)); })
        == "compaction: x has 10 elements and y 9");
}
