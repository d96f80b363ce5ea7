// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include <clotho/algo/reduce.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::for_each_shape;
using test::refusal;

namespace {

template <class T> std::vector<T> varied(std::size_t n, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::vector<T> all(n);
  for (T& each : all) each = static_cast<T>(std::uniform_int_distribution<int>(-100, 100)(random));
  return all;
}

// The order that the header promises, said with plain loops.
float by_tiles(std::span<const float> all) {
  if (all.empty()) return 0;
  std::vector<float> parts;
  for (std::size_t begin = 0; begin < all.size(); begin += 4096) {
    std::vector<float> lanes(64, 0.0f);
    for (std::size_t i = begin; i < std::min(begin + 4096, all.size()); ++i) lanes[i % 64] += all[i];
    for (std::size_t half = 32; half > 0; half /= 2)
      for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
    parts.push_back(lanes[0]);
  }
  return parts.size() == 1 ? parts[0] : by_tiles(parts);
}

template <class T> bool has(const runtime& rt) {
  return !std::is_same_v<T, double> || rt.devices()[0].info().fp64;
}

template <class T, class Op, class Fold>
void check_operator(const runtime& rt, Op op, T neutral, const Fold& fold) {
  for (const std::size_t n : {1u, 65u, 4097u}) {
    if (n > 65 && test::is_interpreted(rt)) continue;
    CAPTURE(n);
    const std::vector<T> content = varied<T>(n, static_cast<unsigned>(n));
    T expected = neutral;
    for (const T& each : content) expected = static_cast<T>(fold(expected, each));
    CHECK(reduce(rt, buffer<T>(rt, content), op).get() == expected);
  }
}

} // namespace

TEST_CASE("sums of every size around lanes, tiles and launches") {
  for_each_shape([](const runtime& rt) {
    std::vector<std::size_t> sizes{4095, 4096, 4097, 16385};
    if (!test::is_interpreted(rt)) sizes.insert(sizes.end(), {16384, 20000});
    for (std::size_t n = 0; n <= 300; n += test::is_slow_device(rt) ? 31 : 1) sizes.push_back(n);
    if (!test::is_interpreted(rt)) sizes.insert(sizes.end(), {262144, 262145, 1000003});
    for (const std::size_t n : sizes) {
      CAPTURE(n);
      const std::vector<std::uint32_t> content = varied<std::uint32_t>(n);
      std::uint32_t expected = 0;
      for (const std::uint32_t each : content) expected += each;
      CHECK(reduce(rt, buffer<std::uint32_t>(rt, content)).get() == expected);
    }
  });
}

TEST_CASE("sums of floats have the bits of the order that is promised, in every shape") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {1u, 63u, 100u, 4096u, 5000u, 70001u}) {
      if (n > 10000 && test::is_interpreted(rt)) continue;
      CAPTURE(n);
      std::mt19937 random(7);
      std::vector<float> content(n);
      for (float& each : content) each = std::uniform_real_distribution<float>(-1, 1)(random);
      CHECK(reduce(rt, buffer<float>(rt, content)).get() == by_tiles(content));
    }
  });
}

TEST_CASE("each operator") {
  for_each_shape([](const runtime& rt) {
    check_operator<std::int32_t>(rt, plus{}, 0, [](auto a, auto b) { return a + b; });
    check_operator<std::int32_t>(rt, minimum{}, std::numeric_limits<std::int32_t>::max(),
                                 [](auto a, auto b) { return std::min(a, b); });
    check_operator<std::int32_t>(rt, maximum{}, std::numeric_limits<std::int32_t>::lowest(),
                                 [](auto a, auto b) { return std::max(a, b); });
    check_operator<std::uint64_t>(rt, multiplies{}, 1, [](auto a, auto b) { return a * (b); });
    check_operator<std::uint16_t>(rt, bit_and{}, 0xFFFF, [](auto a, auto b) { return a & b; });
    check_operator<std::uint16_t>(rt, bit_or{}, 0, [](auto a, auto b) { return a | b; });
    check_operator<std::uint8_t>(rt, bit_xor{}, 0, [](auto a, auto b) { return a ^ b; });
    check_operator<std::int8_t>(rt, logical_and{}, 1, [](auto a, auto b) { return a != 0 && b != 0; });
    check_operator<std::int64_t>(rt, logical_or{}, 0, [](auto a, auto b) { return a != 0 || b != 0; });
    check_operator<float>(rt, logical_and{}, 1, [](auto a, auto b) { return a != 0 && b != 0; });
  });
}

TEST_CASE("small integers wrap round, doubles are exact where they can be") {
  for_each_shape([](const runtime& rt) {
    check_operator<std::int8_t>(rt, plus{}, 0, [](auto a, auto b) { return a + b; });
    check_operator<std::int16_t>(rt, maximum{}, -32768, [](auto a, auto b) { return std::max(a, b); });
    if (!has<double>(rt)) CLOTHO_SKIP("the device has no fp64");
    check_operator<double>(rt, plus{}, 0, [](auto a, auto b) { return a + b; });
  });
}

TEST_CASE("minimum and maximum pass over NaN, unless all are") {
  for_each_shape([](const runtime& rt) {
    const float nan = std::numeric_limits<float>::quiet_NaN(),
                infinite = std::numeric_limits<float>::infinity();
    std::vector<float> content(200, nan);
    CHECK(std::isnan(reduce(rt, buffer<float>(rt, content), minimum{}).get()));
    content[150] = infinite;
    CHECK(reduce(rt, buffer<float>(rt, content), minimum{}).get() == infinite);
    content[3] = -2;
    CHECK(reduce(rt, buffer<float>(rt, content), minimum{}).get() == -2);
    CHECK(reduce(rt, buffer<float>(rt, content), maximum{}).get() == infinite);
    CHECK(std::isnan(reduce(rt, buffer<float>(rt, content)).get()));
  });
}

TEST_CASE("nothing gives what is neutral") {
  const runtime rt;
  CHECK(reduce(rt, buffer<int>(rt, 0)).get() == 0);
  CHECK(reduce(rt, buffer<int>(rt, 0), minimum{}).get() == std::numeric_limits<int>::max());
  CHECK(reduce(rt, buffer<std::uint8_t>(rt, 0), bit_and{}).get() == 255);
  CHECK(std::isnan(reduce(rt, buffer<float>(rt, 0), maximum{}).get()));
}

TEST_CASE("parts of buffers, and results on the device") {
  for_each_shape([](const runtime& rt) {
    const std::vector<int> content = varied<int>(5000);
    const buffer<int> x(rt, content), y(rt, std::vector<int>(3, 7));
    reduce(rt, x).wait(); // brings all of it: Oclgrind takes what comes in parts for uninitialised
    for (const std::size_t offset : {0u, 1u, 32u, 37u}) {
      int expected = 0;
      for (std::size_t i = offset; i < offset + 4500; ++i) expected += content[i];
      CHECK(reduce(rt, x.slice(offset, 4500)).get() == expected);
      reduce_into(rt, x.slice(offset, 4500), plus{}, y.slice(1, 1));
      CHECK(rt.read(y).get() == std::vector<int>{7, expected, 7});
    }
  });
}

TEST_CASE("misuse is told at once") {
  const runtime rt;
  const buffer<int> x(rt, 10);
  CHECK(refusal([&] { reduce_into(rt, x, plus{}, x); })
        == "the result of a reduction is one element, not 10");
  if (rt.devices()[0].info().fp16) CLOTHO_SKIP("a device without fp16");
  CHECK(contains(refusal([&] { (void)reduce(rt, buffer<half>(rt, 10)); }), "reduce of half: the device"));
}
