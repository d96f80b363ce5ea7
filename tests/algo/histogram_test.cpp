// SPDX-License-Identifier: Apache-2.0
// Histograms against a plain loop, in both shapes, with tiles so small that few elements make several.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include <clotho/algo/histogram.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

using counts32 = std::vector<std::uint32_t>;

template <class Body> void for_each_small_shape(const Body& body) {
  test::for_each_shape([&](const runtime& rt) {
    tune(rt, tuning_table::parse("* histogram * tile=64"));
    body(rt);
  });
}

template <class Count = std::uint32_t, class T, class... Rule>
std::vector<Count> counted(const runtime& rt, const std::vector<T>& x, std::size_t bins,
                           const Rule&... rule) {
  const buffer<Count> counts(rt, std::vector<Count>(bins, 77));
  histogram(rt, buffer<T>(rt, x), rule..., counts);
  return rt.read(counts).get();
}

counts32 bytes_expected(const std::vector<std::uint8_t>& x) {
  counts32 counts(256);
  for (const std::uint8_t each : x) ++counts[each];
  return counts;
}

// As the header defines it.
template <class T, class Limit>
counts32 even_expected(const std::vector<T>& x, std::size_t bins, Limit low, Limit high) {
  counts32 counts(bins);
  for (const T each : x) {
    const auto value = static_cast<Limit>(each);
    if (!(value >= low && value < high)) continue;
    std::size_t bin = 0;
    if constexpr (std::is_integral_v<Limit>) {
      __extension__ using wide = unsigned __int128;
      const auto offset = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(low);
      const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
      bin = static_cast<std::size_t>(wide{offset} * bins / width);
    } else {
      const Limit scale = static_cast<Limit>(bins) / (high - low), from_low = value - low;
      bin = std::min(static_cast<std::size_t>(from_low * scale), bins - 1);
    }
    ++counts[bin];
  }
  return counts;
}

template <class T> counts32 edges_expected(const std::vector<T>& x, const std::vector<T>& edges) {
  counts32 counts(edges.size() - 1);
  for (const T each : x)
    for (std::size_t bin = 0; bin + 1 < edges.size(); ++bin)
      if (each >= edges[bin] && each < edges[bin + 1]) ++counts[bin];
  return counts;
}

template <class T> std::vector<T> integers(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> x(n);
  for (T& each : x) each = static_cast<T>(random());
  return x;
}

template <class T> std::vector<T> reals(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> x(n);
  for (T& each : x) each = static_cast<T>(static_cast<double>(random() >> 12) * 0x1p-52 * 3 - 1);
  return x;
}

template <class T, class Limit>
void check_even(const runtime& rt, const std::vector<T>& x, std::size_t bins, Limit low, Limit high) {
  CAPTURE(bins);
  CHECK(counted(rt, x, bins, low, high) == even_expected(x, bins, low, high));
}

std::size_t some(const runtime& rt) { return test::is_interpreted(rt) ? 300 : 3000; }

} // namespace

TEST_CASE("bytes, of every number") {
  for_each_small_shape([](const runtime& rt) {
    const std::size_t step = test::is_interpreted(rt) ? 37 : test::is_slow_device(rt) ? 7 : 1;
    for (std::size_t n = 0; n <= 300; n += step) {
      CAPTURE(n);
      const auto x = integers<std::uint8_t>(n, static_cast<unsigned>(n));
      CHECK(counted(rt, x, 256) == bytes_expected(x));
    }
    CHECK(counted(rt, std::vector<std::uint8_t>(200, 255), 256)[255] == 200);
  });
}

TEST_CASE("bytes as they come, counted by 32 and 64 bits") {
  test::for_each_shape([](const runtime& rt) {
    const std::size_t n = test::is_interpreted(rt) ? 3001 : 1000003;
    const auto x = integers<std::uint8_t>(n, 1);
    const counts32 expected = bytes_expected(x);
    CHECK(counted(rt, x, 256) == expected);
    CHECK(counted<std::uint64_t>(rt, x, 256) == std::vector<std::uint64_t>(expected.begin(), expected.end()));
  });
}

TEST_CASE("even bins of integers are exact") {
  for_each_small_shape([](const runtime& rt) {
    const auto bytes = integers<std::int8_t>(some(rt), 2);
    check_even<std::int8_t, std::int64_t>(rt, bytes, 7, -100, 128);
    check_even<std::int8_t, std::int64_t>(rt, bytes, 256, -128, 128);
    check_even<std::int8_t, std::int64_t>(rt, bytes, 1, 5, 6);
    check_even<std::int8_t, std::int64_t>(rt, bytes, 100, -100000, 100000);
    const auto words = integers<std::uint32_t>(some(rt), 3);
    check_even<std::uint32_t, std::int64_t>(rt, words, 300, 0, std::int64_t{1} << 32);
    check_even<std::uint32_t, std::int64_t>(rt, words, 4096, 12345, 4000000001);
  });
}

TEST_CASE("even bins of 64 bits are exact, also at their edges") {
  for_each_small_shape([](const runtime& rt) {
    using limits = std::numeric_limits<std::int64_t>;
    auto x = integers<std::int64_t>(some(rt) / 2, 4);
    const std::size_t bins = 1000;
    for (std::size_t bin = 1; bin < 100; ++bin) { // of the whole range: on both sides of an edge
      __extension__ using wide = unsigned __int128;
      const auto edge = static_cast<std::uint64_t>((wide{bin * 10} * limits::max() * 2 + bins - 1) / bins);
      for (const std::uint64_t near : {edge - 1, edge, edge + 1})
        x.push_back(static_cast<std::int64_t>(near + static_cast<std::uint64_t>(limits::min())));
    }
    x.push_back(limits::min());
    x.push_back(limits::max());
    check_even<std::int64_t, std::int64_t>(rt, x, bins, limits::min(), limits::max());
    check_even<std::int64_t, std::int64_t>(rt, x, 3, -5, limits::max());
  });
}

TEST_CASE("even bins of reals: NaN and what is outside are in none") {
  for_each_small_shape([](const runtime& rt) {
    const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    auto x = reals<float>(some(rt), 5);
    x.insert(x.end(), {nan, -nan, inf, -inf, 0.0f, -0.0f, 1.0f, std::nextafter(1.0f, 0.0f), -1.0f});
    check_even(rt, x, 10, 0.0f, 1.0f);
    check_even(rt, x, 1, -1.0f, 2.0f);
    check_even(rt, x, 333, -0.7f, 1.3f);
    const std::vector<half> halves{to_half(0.5), to_half(-0.0), to_half(0.99), to_half(1.0), to_half(-0.1)};
    CHECK(counted(rt, halves, 2, 0.0f, 1.0f) == counts32{1, 2});
  });
}

TEST_CASE("even bins of doubles") {
  for_each_small_shape([](const runtime& rt) {
    if (!rt.devices()[0].info().fp64) CLOTHO_SKIP("the device has no cl_khr_fp64");
    const auto x = reals<double>(some(rt), 6);
    check_even(rt, x, 100, -1.0, 1.7);
  });
}

TEST_CASE("edges that are given") {
  for_each_small_shape([](const runtime& rt) {
    const std::size_t n = some(rt);
    auto x = reals<float>(n, 7);
    const float inf = std::numeric_limits<float>::infinity();
    x.insert(x.end(), {std::numeric_limits<float>::quiet_NaN(), inf, -inf, 0.0f, 0.5f});
    for (const std::size_t bins : {1u, 2u, 3u, 8u, 61u}) {
      CAPTURE(bins);
      auto edges = reals<float>(bins + 1, static_cast<unsigned>(bins));
      edges[0] = 0.5f;
      edges[bins] = edges[bins / 2]; // equal ones
      std::sort(edges.begin(), edges.end());
      CHECK(counted(rt, x, bins, buffer<float>(rt, edges)) == edges_expected(x, edges));
    }
    const std::vector<float> all{-inf, 0, inf};
    CHECK(counted(rt, x, 2, buffer<float>(rt, all)) == edges_expected(x, all));
    const auto words = integers<std::int64_t>(n, 8);
    auto edges = integers<std::int64_t>(17, 9);
    std::sort(edges.begin(), edges.end());
    CHECK(counted(rt, words, 16, buffer<std::int64_t>(rt, edges)) == edges_expected(words, edges));
  });
}

TEST_CASE("many bins") {
  for_each_small_shape([](const runtime& rt) {
    const auto x = integers<std::uint32_t>(some(rt), 10);
    check_even<std::uint32_t, std::int64_t>(rt, x, 4097, 0, std::int64_t{1} << 32);
    if (!test::is_interpreted(rt))
      check_even<std::uint32_t, std::int64_t>(rt, x, 100000, 1000, std::int64_t{1} << 31);
  });
}

TEST_CASE("parts that begin anywhere") {
  for_each_small_shape([](const runtime& rt) {
    const auto x = integers<std::uint8_t>(300, 11);
    const buffer<std::uint8_t> all(rt, x);
    const buffer<std::uint32_t> counts(rt, counts32(260, 5));
    histogram(rt, all.slice(3, 250), counts.slice(1, 256));
    counts32 expected = bytes_expected({x.begin() + 3, x.begin() + 253});
    expected.insert(expected.begin(), 5);
    expected.insert(expected.end(), 3, 5);
    CHECK(rt.read(counts).get() == expected);
  });
}

TEST_CASE("what cannot be counted is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<std::uint8_t> x(rt, 10);
  const buffer<float> y(rt, 10), edges(rt, 4);
  const buffer<std::uint32_t> counts(rt, 10);
  CHECK(refusal([&] { histogram(rt, x, counts); })
        == "histogram: bytes have 256 values, and there are 10 counts");
  CHECK(refusal([&] { histogram(rt, y, edges, counts); }) == "histogram: 10 bins have 11 edges, not 4");
  CHECK(refusal([&] { histogram(rt, x, 3, 3, counts); }) == "histogram: [3, 3) is empty");
  CHECK(refusal([&] { histogram(rt, x, 0, 9, counts); }) == "histogram: [0, 9) has no 10 bins of integers");
  CHECK(contains(refusal([&] { histogram(rt, y, 0.0f, std::numeric_limits<float>::infinity(), counts); }),
                 "is too wide or too narrow"));
  CHECK(contains(refusal([&] { histogram(rt, y, std::numeric_limits<float>::quiet_NaN(), 1.0f, counts); }),
                 "is empty"));
  CHECK(refusal([&] { histogram(rt, y, 0.0f, 1.0f, counts.slice(0, 0)); }) == "histogram: there are no bins");
  CHECK(refusal([&] { histogram(rt, counts, 0, 10, counts); }) == "histogram: x and counts overlap");
}
