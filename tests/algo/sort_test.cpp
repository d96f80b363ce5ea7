// SPDX-License-Identifier: Apache-2.0
// Sorting against std::stable_sort, in both shapes, with tiles so small that few keys reach all their edges.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include <clotho/algo/sort.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/keys.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::expected_order;
using test::in_order;
using test::odd_values;
using test::random_keys;
using test::refusal;
using test::same_bits;

namespace {

void make_tiles_small(const runtime& rt) {
  tune(rt, tuning_table::parse("* sort * small=40 tile=64 stream_tile=160 stream_bytes=1K group=32 items=4"));
}

template <class Body> void for_each_small_shape(const Body& body) {
  test::for_each_shape([&](const runtime& rt) {
    make_tiles_small(rt);
    body(rt);
  });
}

template <class T>
void check_sort(const runtime& rt, const std::vector<T>& keys, const sort_options& how = {}) {
  const buffer<T> sorted(rt, keys);
  sort(rt, sorted, how);
  CHECK(same_bits(rt.read(sorted).get(), in_order(keys, expected_order(keys, how))));
}

template <class T> void check_type() {
  for_each_small_shape([](const runtime& rt) {
    for (const std::size_t n : {std::size_t{33}, std::size_t{test::is_interpreted(rt) ? 170u : 700u}}) {
      CAPTURE(n);
      const std::vector<T> keys = random_keys<T>(n, static_cast<unsigned>(n));
      check_sort(rt, keys);
      check_sort(rt, keys, {.descending = true});
    }
  });
}

template <class K, class V>
void check_by_key(const runtime& rt, const std::vector<K>& keys, const std::vector<V>& values,
                  const sort_options& how = {}) {
  const buffer<K> sorted(rt, keys);
  const buffer<V> moved(rt, values);
  sort_by_key(rt, sorted, moved, how);
  const std::vector<std::uint32_t> order = expected_order(keys, how);
  CHECK(same_bits(rt.read(sorted).get(), in_order(keys, order)));
  CHECK(same_bits(rt.read(moved).get(), in_order(values, order)));
}

template <class K, class V>
void check_by_key(const runtime& rt, std::size_t n, const sort_options& how = {}) {
  check_by_key(rt, random_keys<K>(n, static_cast<unsigned>(n) + 5), test::numbered<V>(0, n), how);
}

} // namespace

TEST_CASE("every number of keys") {
  for_each_small_shape([](const runtime& rt) {
    const std::size_t step = test::is_interpreted(rt) ? 23 : 1;
    for (std::size_t n = 0; n <= 300; n += step) {
      CAPTURE(n);
      check_sort(rt, random_keys<std::uint32_t>(n, static_cast<unsigned>(n)));
    }
  });
}

TEST_CASE("buckets of the highest digit, or all passes where one would be too large") {
  for_each_small_shape([](const runtime& rt) {
    tune(rt, tuning_table::parse("* sort * bucket=1 bucket_bytes=128"));
    for (const std::size_t n : {std::size_t{257}, std::size_t{1'000}, std::size_t{2'500}}) {
      if (n > 300 && test::is_interpreted(rt)) continue;
      CAPTURE(n);
      auto keys = random_keys<double>(n, static_cast<unsigned>(n));
      check_sort(rt, keys);
      check_sort(rt, keys, {.descending = true});
      for (std::size_t i = 0; i < n; i += 4) keys[i] = static_cast<double>(i); // 17 and more of a digit
      check_sort(rt, keys);
      if (test::is_interpreted(rt)) continue;
      check_by_key<std::uint32_t, std::uint32_t>(rt, n);
      check_by_key<std::int64_t, std::uint16_t>(rt, n, {.descending = true, .begin_bit = 5, .end_bit = 59});
    }
  });
}

TEST_CASE("keys that their highest bits do not tell apart") {
  for_each_small_shape([](const runtime& rt) {
    tune(rt, tuning_table::parse("* sort * bucket=1 bucket_bytes=4K"));
    for (const std::size_t n : {std::size_t{16}, std::size_t{40}, std::size_t{2'500}}) {
      if (n > 300 && test::is_interpreted(rt)) continue;
      CAPTURE(n);
      // Of each highest byte two groups, in which only the lowest bits differ: insertion would not end soon.
      auto keys = random_keys<std::uint64_t>(n, static_cast<unsigned>(n));
      for (std::uint64_t& key : keys) key &= 0xFF01'0000'0000'03FFu;
      check_sort(rt, keys);
      check_sort(rt, keys, {.descending = true});
      check_by_key(rt, keys, test::numbered<std::uint16_t>(0, n));
      check_by_key(rt, keys, test::numbered<std::uint16_t>(0, n), {.descending = true, .begin_bit = 1});
    }
  });
}

// Each in a process of its own under Oclgrind's check of uninitialised values: see CMakeLists.txt.
void sort_alone(const char* record, std::size_t n) {
  const runtime rt({.threads = 2});
  make_tiles_small(rt);
  tune(rt, tuning_table::parse(record));
  check_by_key<std::uint32_t, std::uint32_t>(rt, n);
}
TEST_CASE("alone: few keys cpu shape") { sort_alone("* * * shape=cpu", 39); }
TEST_CASE("alone: tiles cpu shape") { sort_alone("* * * shape=cpu", 101); }
TEST_CASE("alone: lines cpu shape") { sort_alone("* * * shape=cpu", 701); }
TEST_CASE("alone: tiles gpu shape") { sort_alone("* * * shape=gpu", 701); }

// Those of 2 and 8 bytes are sorted with values, below: each pair of sizes is another program, which takes
// seconds to build.
TEST_CASE("integers, both ways") {
  check_type<std::uint8_t>();
  check_type<std::int32_t>();
}

TEST_CASE("floating keys: NaN after all, -0 before +0") {
  check_type<half>();
  check_type<double>();
  for_each_small_shape([](const runtime& rt) {
    check_sort(rt, odd_values<float>());
    const auto many = odd_values<double>(30);
    check_sort(rt, many);
    check_sort(rt, many, {.descending = true});
  });
}

TEST_CASE("as it comes, and more keys") {
  const runtime rt({.threads = 2});
  const bool slow = test::is_interpreted(rt);
  for (const std::size_t n : {std::size_t{5'000}, std::size_t{150'001}, std::size_t{1'200'003}})
    if (!slow || n == 5'000) check_sort(rt, random_keys<std::uint32_t>(n, 3));
  for (const std::size_t n : {std::size_t{30'000}, std::size_t{150'001}})
    if (!slow) check_sort(rt, random_keys<std::uint64_t>(n, 4));
}

TEST_CASE("digits that all keys share move nothing") {
  for_each_small_shape([](const runtime& rt) {
    for (const std::uint32_t mask : {0u, 0xFFu, 0xFF00u, 0xFF0000u, 0xFF00FF00u, 0xFFFFFFu, 0x3000000u}) {
      CAPTURE(mask);
      std::vector<std::uint32_t> keys = random_keys<std::uint32_t>(500, mask);
      for (std::uint32_t& key : keys) key = (key & mask) | (0x5A5A5A5Au & ~mask);
      check_sort(rt, keys);
      check_sort(rt, std::vector<std::uint32_t>(keys.begin(), keys.begin() + 30));
    }
  });
}

TEST_CASE("some of the bits") {
  for_each_small_shape([](const runtime& rt) {
    const auto keys = random_keys<std::uint32_t>(400, 9);
    for (const std::pair<unsigned, unsigned>& bits : {std::pair{0u, 1u}, {3u, 20u}, {24u, 32u}, {31u, 32u}, {7u, 23u}})
      for (const std::size_t n : {std::size_t{30}, keys.size()}) {
        CAPTURE(bits.first);
        CAPTURE(bits.second);
        const std::vector<std::uint32_t> part(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(n));
        check_sort(rt, part, {.begin_bit = bits.first, .end_bit = bits.second});
        check_sort(rt, part, {.descending = true, .begin_bit = bits.first, .end_bit = bits.second});
      }
  });
}

TEST_CASE("values of every size go with their keys; equal keys keep their order") {
  for_each_small_shape([](const runtime& rt) {
    for (const std::size_t n : {std::size_t{2}, std::size_t{40}, std::size_t{333}}) {
      CAPTURE(n);
      check_by_key<std::uint8_t, std::array<std::uint64_t, 2>>(rt, n);
      check_by_key<std::uint8_t, std::array<std::uint64_t, 2>>(rt, n, {.descending = true});
      check_by_key<std::int64_t, std::uint16_t>(rt, n);
      check_by_key<std::uint64_t, std::int16_t>(rt, n, {.descending = true});
    }
  });
}

TEST_CASE("the order of keys that stay as they are") {
  for_each_small_shape([](const runtime& rt) {
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{37}, std::size_t{270}}) {
      CAPTURE(n);
      const auto words = random_keys<std::int16_t>(n, 4);
      const auto floats = random_keys<float>(n, 5);
      const buffer<std::int16_t> x(rt, words);
      const buffer<float> y(rt, floats);
      const buffer<std::uint32_t> narrow(rt, n);
      const buffer<std::uint64_t> wide(rt, n);
      argsort(rt, x, narrow);
      argsort(rt, y, wide, {.descending = true});
      CHECK(rt.read(narrow).get() == expected_order(words));
      const auto expected = expected_order(floats, {.descending = true});
      CHECK(rt.read(wide).get() == std::vector<std::uint64_t>(expected.begin(), expected.end()));
      CHECK(same_bits(rt.read(x).get(), words));
    }
  });
}

TEST_CASE("parts that begin anywhere") {
  for_each_small_shape([](const runtime& rt) {
    const auto keys = random_keys<std::uint32_t>(260, 1);
    const buffer<std::uint32_t> x(rt, keys), order(rt, 260);
    argsort(rt, x.slice(3, 250), order.slice(5, 250));
    sort_by_key(rt, x.slice(1, 200), order.slice(50, 200));
    const std::vector<std::uint32_t> part(keys.begin() + 1, keys.begin() + 201);
    const auto sorted = rt.read(x).get();
    CHECK(std::vector<std::uint32_t>(sorted.begin() + 1, sorted.begin() + 201)
          == in_order(part, expected_order(part)));
    CHECK(sorted.front() == keys.front());
    CHECK(std::equal(sorted.begin() + 201, sorted.end(), keys.begin() + 201));
  });
}

TEST_CASE("what cannot be sorted is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<float> floats(rt, 10);
  const buffer<int> ints(rt, 10), fewer(rt, 9);
  const buffer<std::uint32_t> indices(rt, 9);
  const auto refused = [&](auto f) { return refusal(f); };
  CHECK(contains(refused([&] { sort(rt, floats, {.end_bit = 8}); }),
                 "bits 0 to 8 of float keys: only keys that are integers"));
  CHECK(contains(refused([&] { sort(rt, ints, {.begin_bit = 8, .end_bit = 8}); }),
                 "bits 8 to 8 of int keys, which have bits 0 to 32"));
  CHECK(contains(refused([&] { sort(rt, ints, {.end_bit = 33}); }), "bits 0 to 33 of int keys"));
  CHECK(contains(refused([&] { sort_by_key(rt, ints, fewer); }), "there are 10 keys and 9 values"));
  CHECK(contains(refused([&] { sort_by_key(rt, ints.slice(0, 5), ints.slice(4, 5)); }),
                 "keys and values overlap"));
  CHECK(
      contains(refused([&] { argsort(rt, ints, indices); }), "argsort: keys has 10 elements and indices 9"));
}
