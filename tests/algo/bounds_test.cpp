// SPDX-License-Identifier: Apache-2.0
// Bounds against a plain loop over the keys, in both shapes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include <clotho/algo/bounds.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/keys.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::for_each_shape;
using test::random_keys;
using test::rank_of;
using test::refusal;

namespace {

using places32 = std::vector<std::uint32_t>;

template <class T>
places32 expected(const std::vector<T>& keys, const std::vector<T>& needles, bool upper,
                  const sort_options& how) {
  places32 places;
  for (const T& needle : needles) {
    const std::uint64_t wanted = test::some_bits(rank_of(needle), how);
    places.push_back(static_cast<std::uint32_t>(std::count_if(keys.begin(), keys.end(), [&](const T& key) {
      const std::uint64_t rank = test::some_bits(rank_of(key), how);
      return (how.descending ? rank > wanted : rank < wanted) || (upper && rank == wanted);
    })));
  }
  return places;
}

template <class T>
void check_bounds(const runtime& rt, const std::vector<T>& unsorted, const std::vector<T>& needles,
                  const sort_options& how = {}) {
  CAPTURE(unsorted.size());
  CAPTURE(needles.size());
  const std::vector<T> keys = test::in_order(unsorted, test::expected_order(unsorted, how));
  const buffer<T> x(rt, keys), wanted(rt, needles);
  const buffer<std::uint32_t> lower(rt, needles.size());
  const buffer<std::uint32_t> upper(rt, needles.size());
  lower_bound(rt, x, wanted, lower, how);
  upper_bound(rt, x, wanted, upper, how);
  CHECK(rt.read(lower).get() == expected(keys, needles, false, how));
  CHECK(rt.read(upper).get() == expected(keys, needles, true, how));
}

// Half of them are among the keys.
template <class T> std::vector<T> needles_for(const std::vector<T>& keys, std::size_t count) {
  std::vector<T> needles = random_keys<T>(count, 77);
  for (std::size_t i = 0; i < count && !keys.empty(); i += 2) needles[i] = keys[i % keys.size()];
  return needles;
}

template <class T> void check_type() {
  for_each_shape([](const runtime& rt) {
    const std::vector<T> keys = random_keys<T>(test::is_interpreted(rt) ? 70 : 700, 3);
    check_bounds(rt, keys, needles_for(keys, 51));
    check_bounds(rt, keys, needles_for(keys, 8), {.descending = true});
  });
}

} // namespace

TEST_CASE("every number of keys") {
  for_each_shape([](const runtime& rt) {
    const std::size_t step = test::is_interpreted(rt) ? 31 : test::is_slow_device(rt) ? 7 : 1;
    for (std::size_t n = 0; n <= 300; n += step) {
      const auto keys = random_keys<std::uint32_t>(n, static_cast<unsigned>(n));
      check_bounds(rt, keys, needles_for(keys, 19));
    }
  });
}

TEST_CASE("every number of needles, around lanes and tiles") {
  for_each_shape([](const runtime& rt) {
    const auto keys = random_keys<std::uint32_t>(40, 1);
    for (const std::size_t count : {0u, 1u, 7u, 8u, 9u, 1023u, 1024u, 1025u, 2500u})
      if (count < 10 || !test::is_interpreted(rt)) check_bounds(rt, keys, needles_for(keys, count));
  });
}

TEST_CASE("integers of each width") {
  check_type<std::int8_t>();
  check_type<std::uint16_t>();
}

TEST_CASE("floating keys: in the order that sort makes, NaN included") {
  check_type<half>();
  check_type<double>();
  for_each_shape([](const runtime& rt) {
    const auto odd = test::odd_values<float>();
    check_bounds(rt, odd, odd);
    check_bounds(rt, odd, odd, {.descending = true});
  });
}

TEST_CASE("keys that are equal, and some of the bits") {
  for_each_shape([](const runtime& rt) {
    const std::vector<std::uint32_t> same(100, 5);
    check_bounds(rt, same, {4, 5, 6});
    const auto keys = random_keys<std::uint32_t>(100, 8);
    check_bounds(rt, keys, needles_for(keys, 20), {.begin_bit = 28});
    check_bounds(rt, keys, needles_for(keys, 20), {.descending = true, .begin_bit = 3, .end_bit = 7});
  });
}

TEST_CASE("parts that begin anywhere") {
  for_each_shape([](const runtime& rt) {
    const buffer<int> keys(rt, std::vector<int>{9, 9, 1, 3, 3, 5, 0});
    const buffer<int> needles(rt, std::vector<int>{7, 3, 0, 6, 7});
    const buffer<std::uint32_t> places(rt, places32(6, 99));
    upper_bound(rt, keys.slice(2, 4), needles.slice(1, 3), places.slice(1, 3));
    CHECK(rt.read(places).get() == places32{99, 3, 0, 4, 99, 99});
    const buffer<std::uint64_t> wide(rt, 3);
    upper_bound(rt, keys.slice(2, 4), needles.slice(1, 3), wide);
    CHECK(rt.read(wide).get() == std::vector<std::uint64_t>{3, 0, 4});
  });
}

TEST_CASE("what cannot be searched is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<std::uint32_t> keys(rt, 10), needles(rt, 5), places(rt, 4);
  CHECK(refusal([&] { lower_bound(rt, keys, needles, places); })
        == "lower_bound: needles has 5 elements and places 4");
  CHECK(refusal([&] { upper_bound(rt, keys, needles, keys.slice(0, 5)); })
        == "upper_bound: keys and places overlap");
  CHECK(refusal([&] { upper_bound(rt, keys, needles, needles); })
        == "upper_bound: needles and places overlap");
  CHECK(contains(refusal([&] { lower_bound(rt, keys, needles.slice(0, 4), places, {.end_bit = 33}); }),
                 "lower_bound: bits 0 to 33 of uint keys, which have bits 0 to 32"));
}
