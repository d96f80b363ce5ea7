// SPDX-License-Identifier: Apache-2.0
// Random numbers: words as Random123 publishes them and as plain loops make them, in both shapes; numbers
// made of words by the formulas of the header; streams that can be cut anywhere.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

#include <clotho/algo/random.hpp>
#include <support/contains.hpp>
#include <support/device_fixture.hpp>
#include <support/random_words.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;
using test::words_from;

namespace {

__extension__ using wide = unsigned __int128;

template <class T> std::vector<T> bits(const runtime& rt, random_stream& stream, std::size_t n) {
  const buffer<T> y(rt, n);
  fill_bits(rt, y, stream);
  return rt.read(y).get();
}

std::vector<std::uint64_t> pairs_from(random_stream stream, std::size_t n) {
  const std::vector<std::uint32_t> words = words_from(stream, 2 * n);
  std::vector<std::uint64_t> pairs(n);
  for (std::size_t i = 0; i < n; ++i) pairs[i] = words[2 * i] | std::uint64_t{words[2 * i + 1]} << 32;
  return pairs;
}

// Sizes that end before, at and after vectors, chunks of 16 blocks, and what one work-item makes.
std::vector<std::size_t> edges(const runtime& rt) {
  if (test::is_slow_device(rt)) return {1, 63, 66, 200};
  return {1, 2, 15, 16, 17, 63, 64, 65, 255, 4095, 4096, 4097, 10'001};
}

struct known_answer {
  random_engine engine;
  std::uint64_t block, substream, seed, more;
  std::vector<std::uint32_t> words;
};

// Random123's kat_vectors: zeros, ones, and digits of pi as counter and key.
const std::uint64_t ones = ~std::uint64_t{0};
const std::vector<known_answer> published = {
    {random_engine::philox, 0, 0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {random_engine::philox, ones, ones, ones, 0, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {random_engine::philox,
     0x85a308d3243f6a88,
     0x0370734413198a2e,
     0x299f31d0a4093822,
     0,
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    {random_engine::threefry, 0, 0, 0, 0, {0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8}},
    {random_engine::threefry, ones, ones, ones, ones, {0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732}},
    {random_engine::threefry,
     0x85a308d3243f6a88,
     0x0370734413198a2e,
     0x299f31d0a4093822,
     0xec4e6c89082efa98,
     {0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84}},
};

} // namespace

TEST_CASE("Random123's known answers, on devices and in plain loops") {
  test::for_each_shape([](const runtime& rt) {
    for (const known_answer& one : published) {
      random_stream stream = random_stream(one.seed, one.engine, one.more).substream(one.substream);
      stream.seek(one.block);
      CHECK(words_from(stream, 4) == one.words);
      CHECK(bits<std::uint32_t>(rt, stream, 4) == one.words);
    }
  });
}

TEST_CASE("every size, one after the other, is what one fill gives") {
  test::for_each_shape([](const runtime& rt) {
    const std::size_t sizes = test::is_slow_device(rt) ? 40 : 301;
    random_stream stream(0x1234567890abcdef);
    std::vector<std::uint32_t> all;
    const random_stream beginning = stream;
    for (std::size_t n = 0; n < sizes; ++n) {
      const std::vector<std::uint32_t> some = bits<std::uint32_t>(rt, stream, n);
      all.insert(all.end(), some.begin(), some.end());
    }
    CHECK(all == words_from(beginning, all.size()));
    CHECK(stream.block() * 4 + stream.word() == all.size());
  });
}

TEST_CASE("both engines, 32 and 64 bits, at edges of vectors and work-items, from any word on") {
  test::for_each_shape([](const runtime& rt) {
    for (const random_engine engine : {random_engine::philox, random_engine::threefry})
      for (const std::size_t n : edges(rt))
        for (const std::uint64_t skipped :
             {std::uint64_t{0}, std::uint64_t{3}, 4 * ((std::uint64_t{1} << 32) - 5) + 1}) {
          CAPTURE(n);
          CAPTURE(skipped);
          random_stream stream = random_stream(99, engine, 7).substream(5);
          stream.skip(skipped); // the last one: the carry into the upper half of counters
          random_stream other = stream;
          CHECK(bits<std::uint32_t>(rt, stream, n) == words_from(other, n));
          other.align(2);
          const std::vector<std::uint64_t> expected = pairs_from(other, n);
          CHECK(bits<std::uint64_t>(rt, other, n) == expected);
        }
  });
}

TEST_CASE("parts of buffers that begin anywhere; nothing around them is touched") {
  test::for_each_shape([](const runtime& rt) {
    const buffer<std::uint32_t> y(rt, std::vector<std::uint32_t>(500, 7));
    random_stream stream(3);
    fill_bits(rt, y.slice(33, 301), stream);
    std::vector<std::uint32_t> expected(500, 7);
    const std::vector<std::uint32_t> words = words_from(random_stream(3), 301);
    std::copy(words.begin(), words.end(), expected.begin() + 33);
    CHECK(rt.read(y).get() == expected);
  });
}

TEST_CASE("streams: skipping, seeking, aligning, substreams") {
  random_stream stream(1);
  stream.skip(5);
  CHECK(stream.block() == 1);
  CHECK(stream.word() == 1);
  stream.align(1);
  CHECK(stream.word() == 1);
  stream.align(4);
  CHECK(stream.block() == 2);
  CHECK(stream.word() == 0);
  stream.skip(ones);
  CHECK(stream.block() == 2 + ones / 4);
  CHECK(stream.word() == 3);
  stream.seek(9);
  CHECK(stream.block() == 9);
  CHECK(stream.word() == 0);
  CHECK(stream.substream(4) == random_stream(1).substream(4));
  CHECK(!(stream.substream(4) == stream.substream(5)));
  CHECK(random_stream(1, random_engine::philox, 5) == random_stream(1)); // its key is shorter
  CHECK(words_from(stream.substream(4), 8) != words_from(stream.substream(5), 8));
}

namespace {

// One number of the words that belong to it.
float uniform_of(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }
double uniform_of(std::uint64_t pair) { return static_cast<double>(pair >> 11) * 0x1p-53; }

template <class T> auto parts_from(const random_stream& stream, std::size_t n) {
  if constexpr (sizeof(T) == 4)
    return words_from(stream, n);
  else
    return pairs_from(stream, n);
}

template <class T> void check_uniform(const runtime& rt, std::size_t n) {
  random_stream a(11), b(11);
  const buffer<T> plain(rt, n), moved(rt, n);
  fill_uniform(rt, plain, a);
  fill_uniform(rt, moved, b, -3, 5);
  const std::vector<T> plains = rt.read(plain).get(), moveds = rt.read(moved).get();
  const auto parts = parts_from<T>(random_stream(11), n);
  for (std::size_t i = 0; i < n; ++i) {
    CHECK(plains[i] == uniform_of(parts[i]));
    CHECK(moveds[i] == uniform_of(parts[i]) * 8 - 3);
  }
}

// The formula of the header, and the radius, to which the bound refers.
struct exact_normal {
  long double value, radius;
};
exact_normal normal_of(long double u, long double v, bool sine) {
  const long double radius = std::sqrt(-2 * std::log(u)), angle = 2 * std::numbers::pi_v<long double> * v;
  return {radius * (sine ? std::sin(angle) : std::cos(angle)), radius};
}
exact_normal normal_of(std::uint32_t a, std::uint32_t b, bool sine) {
  return normal_of(static_cast<float>(a) * 0x1p-32f + 0x1p-33f, b * 0x1p-32L, sine);
}
exact_normal normal_of(std::uint64_t a, std::uint64_t b, bool sine) {
  return normal_of((static_cast<long double>(a >> 11) + 1) * 0x1p-53L, static_cast<long double>(b) * 0x1p-64L,
                   sine);
}

template <class T> T ulp(long double x) {
  const T size = std::max(static_cast<T>(std::abs(x)), std::numeric_limits<T>::min());
  return std::nextafter(size, std::numeric_limits<T>::infinity()) - size;
}

// The largest error, in ULP of the radius.
template <class T> double worst_normal(const runtime& rt, std::size_t n) {
  random_stream stream(21);
  stream.skip(sizeof(T) / 4); // begins with a sine
  const buffer<T> y(rt, n);
  fill_normal(rt, y, stream);
  const std::vector<T> got = rt.read(y).get();
  const auto parts = parts_from<T>(random_stream(21), n + 2);
  long double worst = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t first = (i + 1) / 2 * 2;
    const exact_normal one = normal_of(parts[first], parts[first + 1], i % 2 == 0);
    worst = std::max(worst, std::abs(got[i] - one.value) / ulp<T>(one.radius));
  }
  return static_cast<double>(worst);
}

template <class T> void check_reals() {
  double worst = 0;
  test::for_each_shape([&](const runtime& rt) {
    for (const std::size_t n : edges(rt)) {
      check_uniform<T>(rt, n);
      worst = std::max(worst, worst_normal<T>(rt, n));
    }
  });
  CAPTURE(worst);
  CHECK(worst <= 4);
}

} // namespace

TEST_CASE("uniform float: the formula exactly; normal float: within 4 ULP of it") { check_reals<float>(); }

TEST_CASE("uniform double: the formula exactly; normal double: within 4 ULP of it") {
  if (!test::device_under_test().info().fp64) CLOTHO_SKIP("fp64");
  check_reals<double>();
}

TEST_CASE("a range never gives its end, although half of all would be rounded to it") {
  const runtime rt({.threads = 1});
  random_stream stream(12);
  const buffer<float> narrow(rt, 100);
  const float low = 1, high = std::nextafter(low, 2.0f);
  fill_uniform(rt, narrow, stream, double{low}, double{high});
  for (const float x : rt.read(narrow).get()) CHECK(x == low);
}

TEST_CASE("double on a device without fp64 is refused in words") {
  if (test::device_under_test().info().fp64) CLOTHO_SKIP("a device without fp64");
  const runtime rt({.threads = 1});
  random_stream stream(1);
  const buffer<double> y(rt, 3);
  CHECK(contains(refusal([&] { fill_uniform(rt, y, stream); }), "random numbers of double: the device"));
}

TEST_CASE("normal: mean and deviation") {
  test::for_each_shape([&](const runtime& rt) {
    random_stream a(5), b(5);
    const buffer<float> plain(rt, 100), moved(rt, 100);
    fill_normal(rt, plain, a);
    fill_normal(rt, moved, b, 10, 0.5);
    const std::vector<float> from = rt.read(plain).get(), to = rt.read(moved).get();
    for (std::size_t i = 0; i < 100; ++i) CHECK(to[i] == from[i] * 0.5f + 10);
  });
}

TEST_CASE("integers of a range: the formula, exactly, extremes included") {
  test::for_each_shape([](const runtime& rt) {
    const std::size_t n = test::is_slow_device(rt) ? 70 : 4100;
    const auto check = [&]<class T>(T low, T high) {
      using U = std::make_unsigned_t<T>;
      random_stream stream(31);
      stream.skip(1);
      const buffer<T> y(rt, n);
      fill_integers(rt, y, stream, low, high);
      const std::vector<T> got = rt.read(y).get();
      random_stream from(31);
      from.skip(1);
      from.align(sizeof(T) / 2);
      const std::vector<std::uint64_t> pairs = pairs_from(from, n * sizeof(T) / 4);
      for (std::size_t i = 0; i < n; ++i) {
        const wide count = wide{static_cast<U>(high) - static_cast<U>(low)} + 1;
        U offset;
        if constexpr (sizeof(T) == 4) {
          offset = static_cast<U>(
              pairs[i] * (static_cast<wide>(static_cast<U>(static_cast<U>(high) - static_cast<U>(low))) + 1)
              >> 64);
        } else { // 128 bits times 65
          const wide high_part = pairs[2 * i + 1] * count, low_part = pairs[2 * i] * count;
          offset = count >> 64 ? pairs[2 * i + 1] : static_cast<U>((high_part + (low_part >> 64)) >> 64);
        }
        CHECK(got[i] == static_cast<T>(static_cast<U>(low) + offset));
      }
    };
    check(std::int32_t{-3}, std::int32_t{3});
    check(std::uint32_t{1}, std::uint32_t{6});
    check(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
    check(std::uint32_t{17}, std::uint32_t{17});
    check(std::int64_t{-1}, std::int64_t{1'000'000'000'000});
    check(std::uint64_t{0}, std::uint64_t{0xfffffffffffffffe});
    check(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  });
}

TEST_CASE("misuse is refused in words, and leaves the stream where it was") {
  const runtime rt({.threads = 1});
  random_stream stream(1);
  stream.skip(1);
  const random_stream before = stream;
  const buffer<float> f(rt, 3);
  const buffer<int> i(rt, 3);
  CHECK(
      contains(refusal([&] { fill_uniform(rt, f, stream, 2, 2); }), "from 2.000000 to 2.000000 is no range"));
  CHECK(contains(refusal([&] { fill_uniform(rt, f, stream, -3e38, 3e38); }), "difference finite"));
  CHECK(contains(refusal([&] { fill_uniform(rt, f, stream, 0, NAN); }), "is no range"));
  CHECK(contains(refusal([&] { fill_normal(rt, f, stream, 0, -1); }), "the deviation not negative"));
  CHECK(contains(refusal([&] { fill_normal(rt, f, stream, INFINITY, 1); }), "must be finite"));
  CHECK(contains(refusal([&] { fill_integers(rt, i, stream, 3, 2); }), "low is more than high"));
  CHECK(stream == before);
}
