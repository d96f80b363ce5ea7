// SPDX-License-Identifier: Apache-2.0
// What clotho bench makes of times, on numbers that were worked out elsewhere.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "support/sampling.hpp"
#include "support/statistics.hpp"

using namespace clotho::tool;

namespace {

std::vector<double> first_numbers(std::size_t n) {
  std::vector<double> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 1.0);
  return numbers;
}

// Feeds launches of these times, each at the end of the one before it. How many were taken.
std::size_t feed(sampling& into, const std::vector<double>& times) {
  double elapsed = 0;
  for (std::size_t i = 0; i < times.size(); ++i)
    if (!into.add(times[i], elapsed += times[i])) return i + 1;
  return times.size();
}

} // namespace

TEST_CASE("quantiles are NumPy's") {
  const std::vector<double> sorted{1, 2, 4, 8};
  CHECK(quantile(sorted, 0) == 1);
  CHECK(quantile(sorted, 0.25) == 1.75);
  CHECK(quantile(sorted, 0.5) == 3);
  CHECK(quantile(sorted, 0.9) == doctest::Approx(6.8));
  CHECK(quantile(sorted, 1) == 8);
  CHECK(quantile(std::vector<double>{7}, 0.3) == 7);
}

TEST_CASE("the interval of the median is the binomial's") {
  // Ranks from Conover's table: 10 samples 2 and 9 (97.9 %), 20 samples 6 and 15 (95.9 %), 100 samples 40
  // and 61.
  CHECK(median_interval(first_numbers(6)) == interval{1, 6});
  CHECK(median_interval(first_numbers(9)) == interval{2, 8});
  CHECK(median_interval(first_numbers(10)) == interval{2, 9});
  CHECK(median_interval(first_numbers(20)) == interval{6, 15});
  CHECK(median_interval(first_numbers(100)) == interval{40, 61});
  CHECK(median_interval(first_numbers(10), 0.99) == interval{1, 10});
  SUBCASE("too few samples: all of them") {
    CHECK(median_interval(first_numbers(5)) == interval{1, 5});
    CHECK(median_interval(first_numbers(1)) == interval{1, 1});
  }
  SUBCASE("many samples") {
    const interval found = median_interval(first_numbers(10000));
    CHECK(found.low == doctest::Approx(5000 - 1.96 * 50).epsilon(0.001));
    CHECK(found.high == doctest::Approx(5001 + 1.96 * 50).epsilon(0.001));
  }
}

TEST_CASE("the interval covers the median as often as it says") {
  std::mt19937 engine(7); // of a distribution whose median is ln 2, lopsided as times are
  std::exponential_distribution<double> time(1);
  int covered = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> samples(30);
    for (double& sample : samples) sample = time(engine);
    const interval likely = describe(samples).likely;
    covered += likely.low <= std::log(2.0) && std::log(2.0) <= likely.high;
  }
  CHECK(covered >= 1880);
  CHECK(covered < 2000);
}

TEST_CASE("outliers lie beyond Tukey's fences") {
  // Quartiles 3 and 7: mild beyond -3 and 13, severe beyond -9 and 19.
  const statistics found = describe({5, 1, 3, 7, 9, 4, 6, 2, 8});
  CHECK(found.outliers.all() == 0);
  CHECK(found.median == 5);
  CHECK(found.mean == 5);
  CHECK(found.lower_quartile == 3);
  CHECK(found.quartile_range() == 4);
  const statistics spoilt = describe({3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 13, 40, -2, -30});
  CHECK(spoilt.outliers.high_mild == 1);
  CHECK(spoilt.outliers.high_severe == 1);
  CHECK(spoilt.outliers.low_mild == 1);
  CHECK(spoilt.outliers.low_severe == 1);
  CHECK(describe({2, 2, 2, 2}).outliers.all() == 0);
  CHECK(describe({2, 2, 2, 2}).uncertainty() == 0);
}

TEST_CASE("warming up ends when launches get no faster") {
  sampling samples({.seconds = 1000, .precision = 0.01, .least = 10, .most = 100});
  std::vector<double> times{8, 4, 4, 2, 2, 2, 2};
  times.insert(times.end(), 300, 1.0);
  (void)feed(samples, times);
  // Batches: 8 | 4 4 | 2 2 2 2 | eight of 1 | sixteen of 1, not faster.
  CHECK(samples.warmup() == 31);
  CHECK(samples.samples().size() == 100);
  CHECK(samples.samples().front() == 1);
}

TEST_CASE("warming up takes a quarter of the time at most") {
  sampling samples({.seconds = 8, .precision = 0.01, .least = 3, .most = 100});
  CHECK(feed(samples, std::vector<double>(100, 1.0)) == 5);
  CHECK(samples.warmup() == 2);
  CHECK(samples.samples().size() == 3);
  SUBCASE("a launch longer than all the time is still launched for the samples") {
    sampling slow({.seconds = 8, .precision = 0.01, .least = 3, .most = 100});
    CHECK(feed(slow, std::vector<double>(100, 20.0)) == 4);
    CHECK(slow.warmup() == 1);
  }
}

TEST_CASE("steady times are enough early, noise is not") {
  sampling steady({.seconds = 10, .precision = 0.01, .least = 10, .most = 100000});
  const std::size_t launches = feed(steady, std::vector<double>(100000, 1e-3));
  CHECK(steady.is_stable());
  CHECK(launches >= 1000);
  CHECK(launches < 1200);
  sampling noisy({.seconds = 10, .precision = 0.01, .least = 10, .most = 100000});
  std::vector<double> times;
  for (int i = 0; i < 100000; ++i) times.push_back(i % 2 == 0 ? 1e-3 : 2e-3);
  CHECK(feed(noisy, times) > 6000);
  CHECK_FALSE(noisy.is_stable());
}
