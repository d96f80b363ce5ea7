// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <clotho/algo/reduce_by_key.hpp>
#include <clotho/algo/scan.hpp>
#include <clotho/core/error.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::for_each_shape;

namespace {

// Runs of 1 to `longest`.
std::vector<int> runs(std::size_t n, int longest) {
  std::mt19937 random(static_cast<unsigned>(n));
  std::vector<int> keys;
  for (int key = 0; keys.size() < n; ++key)
    keys.insert(keys.end(), static_cast<std::size_t>(std::uniform_int_distribution<int>(1, longest)(random)),
                key % 50);
  keys.resize(n);
  return keys;
}

std::vector<std::size_t> sizes(const runtime& rt) {
  if (test::is_interpreted(rt)) return {1, 9, 300, 2049};
  return {1, 8, 9, 300, 2048, 2049, 16385, 70001};
}

template <class T> std::vector<T> front(const std::vector<T>& all, std::uint64_t count) {
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)};
}

} // namespace

TEST_CASE("sums and largest values of runs, short and longer than tiles") {
  for_each_shape([](const runtime& rt) {
    for (const int longest : {5, 40000})
      for (const std::size_t n : sizes(rt)) {
        CAPTURE(n);
        CAPTURE(longest);
        const std::vector<int> keys = runs(n, longest);
        std::vector<std::int64_t> values(n), sums;
        std::vector<int> expected;
        for (std::size_t i = 0; i < n; ++i) {
          values[i] = static_cast<std::int64_t>(i % 101) - 50;
          if (i == 0 || keys[i] != keys[i - 1]) expected.push_back(keys[i]), sums.push_back(0);
          sums.back() += values[i];
        }
        const buffer<int> k(rt, keys), unique_keys(rt, n);
        const buffer<std::int64_t> v(rt, values), folded(rt, n);
        const std::uint64_t count = reduce_by_key(rt, k, v, unique_keys, folded).get();
        REQUIRE(count == expected.size());
        CHECK(front(rt.read(unique_keys).get(), count) == expected);
        CHECK(front(rt.read(folded).get(), count) == sums);
      }
  });
}

TEST_CASE("scans of segments, inclusive and exclusive, in place") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : sizes(rt)) {
      CAPTURE(n);
      std::mt19937 random(static_cast<unsigned>(n));
      std::vector<std::uint8_t> heads(n);
      std::vector<int> values(n), inclusive(n), exclusive(n);
      int sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        heads[i] = random() % 300 == 0 ? 2 : 0;
        values[i] = static_cast<int>(random() % 100);
        if (heads[i] != 0) sum = 0;
        exclusive[i] = sum;
        inclusive[i] = sum += values[i];
      }
      const buffer<int> x(rt, values), y(rt, n);
      const buffer<std::uint8_t> h(rt, heads);
      inclusive_scan_segments(rt, x, h, y);
      CHECK(rt.read(y).get() == inclusive);
      exclusive_scan_segments(rt, x, h, x);
      CHECK(rt.read(x).get() == exclusive);
    }
  });
}

TEST_CASE("nothing, and misuse") {
  const runtime rt;
  const buffer<int> none(rt, 0), x(rt, 4), y(rt, 4);
  CHECK(reduce_by_key(rt, none, none, none, none).get() == 0);
  CHECK(test::refusal([&] { (void)reduce_by_key(rt, x, y, x, y); })
        == "reduce_by_key: keys and unique_keys overlap");
  CHECK(test::refusal([&] { (void)reduce_by_key(rt, x, none, x, y); })
        == "reduce_by_key: keys has 4 elements and values 0");
}
