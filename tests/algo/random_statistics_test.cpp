// SPDX-License-Identifier: Apache-2.0
// Statistics of the random numbers, with fixed seeds, so that what passes once passes always: bits, bytes and
// pairs (chi-square), serial correlation, runs, birthday spacings, collisions, neighbouring substreams and
// seeds; mean, variance and shape of uniform and normal numbers. A statistic is to lie within 5 of its
// standard deviations. That the engines pass far longer tests is for their authors to show; these find
// mistakes.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <clotho/algo/random.hpp>
#include <support/device_fixture.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;

namespace {

using words = std::vector<std::uint32_t>;

std::size_t count_on(const runtime& rt) {
  if (test::is_interpreted(rt)) return 1 << 12;
  return test::is_slow_device(rt) ? 1 << 16 : 1 << 20;
}

words some_words(const runtime& rt, random_stream stream) {
  const buffer<std::uint32_t> y(rt, count_on(rt));
  fill_bits(rt, y, stream);
  return rt.read(y).get();
}

// In standard deviations, for many classes of equal probability.
double chi_square(const std::vector<std::size_t>& counts) {
  double total = 0, squares = 0;
  for (const std::size_t c : counts) total += static_cast<double>(c);
  const double expected = total / static_cast<double>(counts.size());
  for (const std::size_t c : counts) squares += std::pow(static_cast<double>(c) - expected, 2) / expected;
  const double freedom = static_cast<double>(counts.size() - 1);
  return (squares - freedom) / std::sqrt(2 * freedom);
}

double of_bytes(const words& w) {
  std::vector<std::size_t> counts(256);
  for (const std::uint32_t x : w)
    for (int shift = 0; shift < 32; shift += 8) ++counts[x >> shift & 255];
  return chi_square(counts);
}

// The upper four bits of a word with those of the next.
double of_pairs(const words& w) {
  std::vector<std::size_t> counts(256);
  for (std::size_t i = 0; i + 1 < w.size(); i += 2) ++counts[(w[i] >> 28) << 4 | w[i + 1] >> 28];
  return chi_square(counts);
}

double of_worst_bit(const words& w) {
  double worst = 0;
  for (int bit = 0; bit < 32; ++bit) {
    double ones = 0;
    for (const std::uint32_t x : w) ones += x >> bit & 1;
    const double n = static_cast<double>(w.size());
    worst = std::max(worst, std::abs(ones - n / 2) / std::sqrt(n / 4));
  }
  return worst;
}

double unit(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

double of_correlation(const words& a, const words& b, std::size_t lag) {
  double sum = 0;
  for (std::size_t i = 0; i + lag < a.size(); ++i) sum += (unit(a[i]) - 0.5) * (unit(b[i + lag]) - 0.5);
  return sum * 12 / std::sqrt(static_cast<double>(a.size() - lag));
}

// How often it goes from up to down or back (Knuth, volume 2, 3.3.2 G, both directions).
double of_runs(const words& w) {
  double turns = 0;
  for (std::size_t i = 1; i + 1 < w.size(); ++i) turns += (w[i - 1] < w[i]) != (w[i] < w[i + 1]) ? 1 : 0;
  const double n = static_cast<double>(w.size());
  return (turns - 2 * (n - 2) / 3) / std::sqrt((16 * n - 29) / 90);
}

// 512 birthdays in a year of 2^24 days: spacings that occur again are about Poisson, 2 a year (Knuth, 3.3.2
// J).
double of_birthdays(const words& w, int shift) {
  constexpr std::size_t people = 512;
  double again = 0, years = 0;
  for (std::size_t first = 0; first + people <= w.size(); first += people, ++years) {
    std::vector<std::uint32_t> days(people);
    for (std::size_t i = 0; i < people; ++i) days[i] = w[first + i] >> shift & 0xffffff;
    std::sort(days.begin(), days.end());
    std::vector<std::uint32_t> apart{days[0] + 0x1000000 - days[people - 1]};
    for (std::size_t i = 1; i < people; ++i) apart.push_back(days[i] - days[i - 1]);
    std::sort(apart.begin(), apart.end());
    for (std::size_t i = 1; i < people; ++i) again += apart[i] == apart[i - 1] ? 1 : 0;
  }
  return (again - 2 * years) / std::sqrt(2 * years);
}

// Balls in 64 times as many urns (Knuth, 3.3.2 I).
double of_collisions(const words& w) {
  const std::size_t urns = w.size() * 64;
  const int shift = 32 - static_cast<int>(std::bit_width(urns - 1));
  std::vector<bool> full(urns);
  double hits = 0;
  for (const std::uint32_t x : w) {
    hits += full[x >> shift] ? 1 : 0;
    full[x >> shift] = true;
  }
  const double n = static_cast<double>(w.size()), m = static_cast<double>(urns);
  const double expected = n - m * -std::expm1(n * std::log1p(-1 / m));
  return (hits - expected) / std::sqrt(expected);
}

// Classes of equal probability.
template <class T, class Distribution> double of_shape(const std::vector<T>& values, Distribution&& below) {
  std::vector<std::size_t> counts(128);
  for (const T x : values)
    ++counts[std::min<std::size_t>(static_cast<std::size_t>(below(double{x}) * 128), 127)];
  return chi_square(counts);
}

struct moments {
  double mean = 0, variance = 0;
};
template <class T> moments moments_of(const std::vector<T>& values) {
  const double n = static_cast<double>(values.size());
  moments m;
  for (const T x : values) m.mean += double{x} / n;
  for (const T x : values) m.variance += (double{x} - m.mean) * (double{x} - m.mean) / n;
  return m;
}

template <class T> void check_normal(const runtime& rt, random_stream stream) {
  const buffer<T> y(rt, count_on(rt));
  fill_normal(rt, y, stream);
  const std::vector<T> values = rt.read(y).get();
  const double n = static_cast<double>(values.size());
  const moments m = moments_of(values);
  CHECK(std::abs(m.mean) * std::sqrt(n) < 5);
  CHECK(std::abs(m.variance - 1) * std::sqrt(n / 2) < 5);
  CHECK(std::abs(of_shape(values, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); })) < 5);
  double neighbours = 0; // made of the same words
  for (std::size_t i = 0; i + 1 < values.size(); i += 2)
    neighbours += double{values[i]} * double{values[i + 1]};
  CHECK(std::abs(neighbours) / std::sqrt(n / 2) < 5);
}

template <class T> void check_uniform(const runtime& rt, random_stream stream) {
  const buffer<T> y(rt, count_on(rt));
  fill_uniform(rt, y, stream);
  const std::vector<T> values = rt.read(y).get();
  const double n = static_cast<double>(values.size());
  const moments m = moments_of(values);
  CHECK(std::abs(m.mean - 0.5) * std::sqrt(12 * n) < 5);
  CHECK(std::abs(m.variance - 1.0 / 12) * std::sqrt(180 * n) < 5);
  CHECK(std::abs(of_shape(values, [](double x) { return x; })) < 5);
}

} // namespace

TEST_CASE("words pass the statistics") {
  const runtime rt({.threads = 2});
  for (const random_engine engine : {random_engine::philox, random_engine::threefry}) {
    CAPTURE(static_cast<int>(engine));
    const random_stream stream(2026, engine);
    const words w = some_words(rt, stream);
    CHECK(std::abs(of_bytes(w)) < 5);
    CHECK(std::abs(of_pairs(w)) < 5);
    CHECK(of_worst_bit(w) < 5);
    CHECK(std::abs(of_runs(w)) < 5);
    CHECK(std::abs(of_birthdays(w, 0)) < 5);
    CHECK(std::abs(of_birthdays(w, 8)) < 5);
    CHECK(std::abs(of_collisions(w)) < 5);
    for (const std::size_t lag : {1u, 2u, 4u, 16u, 64u}) CHECK(std::abs(of_correlation(w, w, lag)) < 5);
    CHECK(std::abs(of_correlation(w, some_words(rt, stream.substream(1)), 0)) < 5);
    CHECK(std::abs(of_correlation(w, some_words(rt, random_stream(2027, engine)), 0)) < 5);
  }
}

TEST_CASE("the statistics find what is not random") {
  words counted(1 << 12), halves(1 << 12);
  for (std::uint32_t i = 0; i < counted.size(); ++i) counted[i] = i * 0x10001, halves[i] = i * 0x9E3779B9;
  CHECK(std::abs(of_bytes(counted)) > 5);
  CHECK(of_worst_bit(counted) > 5);
  CHECK(std::abs(of_runs(counted)) > 5);
  CHECK(std::abs(of_correlation(counted, counted, 1)) > 5);
  CHECK(std::abs(of_birthdays(halves, 0)) > 5);
  CHECK(std::abs(of_collisions(words(1 << 12, 3))) > 5);
  CHECK(std::abs(of_pairs(halves)) > 5);
}

TEST_CASE("uniform and normal numbers have their mean, variance and shape") {
  const runtime rt({.threads = 2});
  check_uniform<float>(rt, random_stream(1));
  check_normal<float>(rt, random_stream(3));
  check_normal<float>(rt, random_stream(5, random_engine::threefry));
}

TEST_CASE("so do doubles") {
  if (!test::device_under_test().info().fp64) CLOTHO_SKIP("fp64");
  const runtime rt({.threads = 2});
  check_uniform<double>(rt, random_stream(2));
  check_normal<double>(rt, random_stream(4));
}

TEST_CASE("integers of a range are equally frequent") {
  const runtime rt({.threads = 2});
  const buffer<std::uint32_t> y(rt, count_on(rt));
  const buffer<std::int64_t> z(rt, count_on(rt));
  random_stream stream(77);
  fill_integers(rt, y, stream, 0, 99);
  fill_integers(rt, z, stream, -50, 49);
  std::vector<std::size_t> ys(100), zs(100);
  for (const std::uint32_t x : rt.read(y).get()) ++ys.at(x);
  for (const std::int64_t x : rt.read(z).get()) ++zs.at(static_cast<std::size_t>(x + 50));
  CHECK(std::abs(chi_square(ys)) < 5);
  CHECK(std::abs(chi_square(zs)) < 5);
}
