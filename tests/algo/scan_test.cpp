// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <clotho/algo/scan.hpp>
#include <clotho/core/error.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::for_each_shape;
using test::refusal;

namespace {

template <class T> std::vector<T> varied(std::size_t n) {
  std::mt19937 random(static_cast<unsigned>(n));
  std::vector<T> all(n);
  for (T& each : all) each = static_cast<T>(std::uniform_int_distribution<int>(-100, 100)(random));
  return all;
}

template <class T, class Fold> std::vector<T> inclusive(const std::vector<T>& x, T start, const Fold& fold) {
  std::vector<T> y;
  for (const T each : x) y.push_back(start = static_cast<T>(fold(start, each)));
  return y;
}
template <class T, class Fold> std::vector<T> exclusive(const std::vector<T>& x, T start, const Fold& fold) {
  std::vector<T> y;
  for (const T each : x) y.push_back(start), start = static_cast<T>(fold(start, each));
  return y;
}

template <class T, class Op, class Fold>
void check_both(const runtime& rt, std::size_t n, Op op, T neutral, const Fold& fold) {
  CAPTURE(n);
  const std::vector<T> content = varied<T>(n);
  const buffer<T> x(rt, content), y(rt, n);
  inclusive_scan(rt, x, y, op);
  CHECK(rt.read(y).get() == inclusive(content, neutral, fold));
  exclusive_scan(rt, x, y, op);
  CHECK(rt.read(y).get() == exclusive(content, neutral, fold));
}

const auto add = [](auto a, auto b) { return a + b; };

// Tiles of 64 elements of 4 bytes, so that few are many tiles.
void with_small_tiles(const runtime& rt, const char* single_pass) {
  tune(rt, tuning_table::parse(std::string("* scan * tile_bytes=256 single_pass=") + single_pass));
}

} // namespace

TEST_CASE("scans of every size around vectors, tiles and launches") {
  for_each_shape([](const runtime& rt) {
    std::vector<std::size_t> sizes{2047, 2048, 2049, 4100};
    for (std::size_t n = 0; n <= 300; n += test::is_slow_device(rt) ? 47 : 1) sizes.push_back(n);
    if (!test::is_interpreted(rt)) sizes.insert(sizes.end(), {65536, 131072, 131073, 1000003});
    for (const std::size_t n : sizes) check_both<std::uint32_t>(rt, n, plus{}, 0, add);
  });
}

TEST_CASE("many small tiles, with and without a single pass") {
  for (const char* const single_pass : {"0", "1"}) {
    const runtime rt(runtime_options{.threads = 2});
    tune(rt, tuning_table::parse("* * * shape=cpu"));
    if (single_pass[0] == '1' && test::is_slow_device(rt))
      CLOTHO_SKIP("work-items that go on side by side, as PoCL's");
    with_small_tiles(rt, single_pass);
    CAPTURE(single_pass);
    for (const std::size_t n : {129u, 192u, 1000u, 8192u, 8193u, 20001u}) {
      if (n > 1000 && test::is_interpreted(rt)) continue;
      check_both<std::int32_t>(rt, n, plus{}, 0, add);
    }
  }
}

TEST_CASE("a single pass again and again, cut over threads") {
  const runtime rt(runtime_options{.threads = 8});
  if (test::is_slow_device(rt)) CLOTHO_SKIP("work-items that go on side by side, as PoCL's");
  tune(rt, tuning_table::parse("* scan * shape=cpu tile_bytes=4K single_pass=1"));
  const std::vector<std::uint32_t> content = varied<std::uint32_t>(300001);
  const std::vector<std::uint32_t> expected = inclusive(content, std::uint32_t{0}, add);
  const buffer<std::uint32_t> x(rt, content), y(rt, content.size());
  for (int round = 0; round < 100; ++round) inclusive_scan(rt, x, y);
  CHECK(rt.read(y).get() == expected);
}

TEST_CASE("sums of floats have the same bits for any number of threads") {
  std::vector<float> content(100'000), first;
  std::mt19937 random(7);
  for (float& each : content) each = std::uniform_real_distribution<float>(-1, 1)(random);
  for (const unsigned threads : {1u, 2u, 8u}) {
    const runtime rt(runtime_options{.threads = threads});
    if (test::is_slow_device(rt)) CLOTHO_SKIP("work-items that go on side by side, as PoCL's");
    CAPTURE(threads);
    tune(rt, tuning_table::parse("* scan * shape=cpu tile_bytes=4K single_pass=1"));
    const buffer<float> x(rt, content), y(rt, content.size());
    for (int round = 0; round < 20; ++round) {
      inclusive_scan(rt, x, y);
      const std::vector<float> found = rt.read(y).get();
      if (first.empty()) first = found;
      CHECK(std::memcmp(found.data(), first.data(), found.size() * sizeof(float)) == 0);
    }
  }
}

TEST_CASE("results that are written past the caches, wherever they begin") {
  for_each_shape([](const runtime& rt) {
    tune(rt, tuning_table::parse("* scan * stream_bytes=0 tile_bytes=256"));
    const std::vector<std::uint32_t> content = varied<std::uint32_t>(2000);
    const std::vector<std::uint32_t> expected = inclusive(content, std::uint32_t{0}, add);
    for (const std::size_t offset : {0u, 1u, 16u, 37u}) {
      CAPTURE(offset);
      const buffer<std::uint32_t> x(rt, content), y(rt, std::vector<std::uint32_t>(2100, 7));
      inclusive_scan(rt, x, y.slice(offset, content.size()));
      const std::vector<std::uint32_t> found = rt.read(y).get();
      const auto begin = found.begin() + static_cast<std::ptrdiff_t>(offset), end = begin + 2000;
      CHECK(std::equal(begin, end, expected.begin()));
      CHECK(std::count(found.begin(), begin, 7u) + std::count(end, found.end(), 7u) == 100);
    }
  });
}

TEST_CASE("operators and types") {
  for_each_shape([](const runtime& rt) {
    const std::size_t n = test::is_interpreted(rt) ? 200 : 5000;
    check_both<std::int32_t>(rt, n, maximum{}, std::numeric_limits<std::int32_t>::lowest(),
                             [](auto a, auto b) { return std::max(a, b); });
    check_both<std::int8_t>(rt, n, plus{}, 0, add);
    check_both<std::uint16_t>(rt, n, bit_xor{}, 0, [](auto a, auto b) { return a ^ b; });
    check_both<std::int64_t>(rt, n, logical_or{}, 0, [](auto a, auto b) { return a != 0 || b != 0; });
    check_both<float>(rt, n, plus{}, 0, add); // whole numbers: exact
    if (!rt.devices()[0].info().fp64) CLOTHO_SKIP("the device has no fp64");
    check_both<double>(rt, n, plus{}, 0, add);
  });
}

TEST_CASE("from an initial value on, in place, in parts") {
  for_each_shape([](const runtime& rt) {
    const std::vector<int> content = varied<int>(5000);
    const buffer<int> x(rt, content), y(rt, std::vector<int>(5000, 7));
    inclusive_scan(rt, x, y).wait(); // brings all of it: Oclgrind takes what comes in parts for uninitialised
    exclusive_scan(rt, x.slice(37, 4500), y.slice(1, 4500), plus{}, 1000);
    std::vector<int> expected = inclusive(content, 0, add);
    const std::vector<int> part =
        exclusive(std::vector<int>(content.begin() + 37, content.begin() + 4537), 1000, add);
    std::copy(part.begin(), part.end(), expected.begin() + 1);
    CHECK(rt.read(y).get() == expected);
    inclusive_scan(rt, y, y);
    CHECK(rt.read(y).get() == inclusive(expected, 0, add));
  });
}

TEST_CASE("misuse is told at once") {
  const runtime rt;
  const buffer<int> x(rt, 10);
  CHECK(refusal([&] { inclusive_scan(rt, x, buffer<int>(rt, 9)); }) == "scan: x has 10 elements and y 9");
  CHECK(refusal([&] { inclusive_scan(rt, x.slice(0, 8), x.slice(1, 8)); })
        == "scan: x and y, which are not the same, overlap");
}
