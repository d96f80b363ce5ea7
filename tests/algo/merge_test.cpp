// SPDX-License-Identifier: Apache-2.0
// Merging against a stable sort of both, one behind the other, in both shapes.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <vector>

#include <clotho/algo/merge.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/keys.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::expected_order;
using test::for_each_shape;
using test::in_order;
using test::numbered;
using test::random_keys;
using test::refusal;
using test::same_bits;

namespace {

template <class T> std::vector<T> sorted(const std::vector<T>& keys, const sort_options& how) {
  return in_order(keys, expected_order(keys, how));
}

template <class T> std::vector<T> joined(std::vector<T> a, const std::vector<T>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

template <class T>
void check_keys(const runtime& rt, const std::vector<T>& some, const std::vector<T>& others,
                const sort_options& how = {}) {
  CAPTURE(some.size());
  CAPTURE(others.size());
  const std::vector<T> a = sorted(some, how), b = sorted(others, how);
  const buffer<T> x(rt, a), y(rt, b), merged(rt, a.size() + b.size());
  merge(rt, x, y, merged, how);
  CHECK(same_bits(rt.read(merged).get(), sorted(joined(a, b), how)));
}

template <class K, class V>
void check_by_key(const runtime& rt, std::size_t na, std::size_t nb, const sort_options& how = {}) {
  CAPTURE(na);
  CAPTURE(nb);
  const auto a = sorted(random_keys<K>(na, 1), how), b = sorted(random_keys<K>(nb, 2), how);
  const auto values = numbered<V>(0, na + nb);
  const buffer<K> x(rt, a), y(rt, b), merged(rt, na + nb);
  const buffer<V> x_values(rt, numbered<V>(0, na)), y_values(rt, numbered<V>(na, nb)), moved(rt, na + nb);
  merge_by_key(rt, x, x_values, y, y_values, merged, moved, how);
  const std::vector<K> both = joined(a, b);
  const auto order = expected_order(both, how);
  CHECK(same_bits(rt.read(merged).get(), in_order(both, order)));
  CHECK(same_bits(rt.read(moved).get(), in_order(values, order)));
}

template <class T> void check_type() {
  for_each_shape([](const runtime& rt) {
    check_keys(rt, random_keys<T>(130, 5), random_keys<T>(90, 6));
    check_keys(rt, random_keys<T>(13, 5), random_keys<T>(90, 6), {.descending = true});
  });
}

} // namespace

TEST_CASE("every number of elements") {
  for_each_shape([](const runtime& rt) {
    const std::size_t step = test::is_interpreted(rt) ? 41 : test::is_slow_device(rt) ? 7 : 1;
    for (std::size_t n = 0; n <= 300; n += step)
      check_keys(rt, random_keys<std::uint32_t>(n, 1), random_keys<std::uint32_t>((n * 7) % 301, 2));
    for (const std::size_t n : {1u, 40u}) {
      check_keys(rt, random_keys<std::uint32_t>(n, 1), {});
      check_keys(rt, {}, random_keys<std::uint32_t>(n, 1));
    }
  });
}

TEST_CASE("many, around tiles") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {511u, 512u, 513u, 1025u, 16383u, 16384u, 16385u, 50001u}) {
      if (n > 1100 && test::is_interpreted(rt)) break;
      check_keys(rt, random_keys<std::uint32_t>(n / 3, 3), random_keys<std::uint32_t>(n - n / 3, 4));
    }
  });
}

TEST_CASE("all of one before all of the other") {
  for_each_shape([](const runtime& rt) {
    const std::size_t n = test::is_interpreted(rt) ? 700 : 20000;
    const std::vector<int> low(n, 3), high(n / 2, 4);
    check_keys(rt, low, high);
    check_keys(rt, high, low);
    check_keys(rt, low, low);
  });
}

TEST_CASE("integers of each width, both ways") {
  check_type<std::int8_t>();
  check_type<std::int64_t>();
}

TEST_CASE("floating keys: in the order that sort makes, NaN included") {
  check_type<half>();
  check_type<double>();
  for_each_shape([](const runtime& rt) {
    const auto odd = test::odd_values<float>();
    check_keys(rt, odd, odd);
    check_keys(rt, odd, odd, {.descending = true});
  });
}

TEST_CASE("values go with their keys; equal keys keep their order, those of a first") {
  for_each_shape([](const runtime& rt) {
    check_by_key<std::uint8_t, std::array<std::uint64_t, 2>>(rt, 301, 500);
    check_by_key<std::uint8_t, std::array<std::uint64_t, 2>>(rt, 100, 7, {.descending = true});
    check_by_key<std::int64_t, std::uint16_t>(rt, 20, 33);
    check_by_key<float, std::uint32_t>(rt, 0, 33);
    check_by_key<float, std::uint32_t>(rt, 600, 333, {.descending = true});
    check_by_key<std::uint32_t, std::uint8_t>(rt, 90, 80, {.begin_bit = 30});
  });
}

TEST_CASE("parts that begin anywhere") {
  for_each_shape([](const runtime& rt) {
    const buffer<int> a(rt, std::vector<int>{9, 1, 3, 5, 0}), b(rt, std::vector<int>{8, 8, 2, 3});
    const buffer<int> merged(rt, std::vector<int>(7, -1));
    merge(rt, a.slice(1, 3), b.slice(2, 2), merged.slice(1, 5));
    CHECK(rt.read(merged).get() == std::vector<int>{-1, 1, 2, 3, 3, 5, -1});
  });
}

TEST_CASE("what is not sorted does no harm") {
  for_each_shape([](const runtime& rt) {
    const buffer<std::uint32_t> a(rt, random_keys<std::uint32_t>(1500, 1)),
        b(rt, random_keys<std::uint32_t>(900, 2)), merged(rt, 2400);
    CHECK_NOTHROW(merge(rt, a, b, merged).get());
  });
}

TEST_CASE("what cannot be merged is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<int> a(rt, 4), b(rt, 6), merged(rt, 10), values(rt, 10);
  CHECK(refusal([&] { merge(rt, a, b, merged.slice(0, 9)); })
        == "merge: a and b make 10 elements together, not 9");
  CHECK(refusal([&] { merge(rt, merged.slice(0, 4), b, merged); })
        == "merge: a and b, a and the result, overlap");
  CHECK(refusal([&] { merge_by_key(rt, a, a, b, a, merged, values); })
        == "merge_by_key: b has 6 keys and 4 values");
  CHECK(refusal([&] { merge_by_key(rt, a, a, b, b, merged, merged); })
        == "merge_by_key: merged keys and values overlap");
  CHECK(contains(refusal([&] { merge(rt, a, b, merged, {.end_bit = 33}); }),
                 "merge: bits 0 to 33 of int keys"));
}
