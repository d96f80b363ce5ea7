// SPDX-License-Identifier: Apache-2.0
#include "support/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace clotho::tool {
namespace {

// How many of the smallest of n samples may be left out, so that the median of the distribution is below the
// rest with a probability of at most `risk`.
std::size_t samples_to_drop(std::size_t n, double risk) {
  const double all = static_cast<double>(n);
  double below = 0; // the probability that at most `drop` of n coins show heads
  for (std::size_t drop = 0; drop < n / 2; ++drop) {
    const double heads = static_cast<double>(drop);
    below += std::exp(std::lgamma(all + 1) - std::lgamma(heads + 1) - std::lgamma(all - heads + 1)
                      - all * std::log(2.0));
    if (below > risk) return drop;
  }
  return n / 2;
}

outlier_count count_outliers(std::span<const double> samples, double lower, double upper) {
  const double range = upper - lower;
  outlier_count count;
  for (const double x : samples) {
    count.low_severe += x < lower - 3 * range;
    count.low_mild += x >= lower - 3 * range && x < lower - 1.5 * range;
    count.high_mild += x > upper + 1.5 * range && x <= upper + 3 * range;
    count.high_severe += x > upper + 3 * range;
  }
  return count;
}

} // namespace

double quantile(std::span<const double> sorted, double part) {
  const double position = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

interval median_interval(std::span<const double> sorted, double confidence) {
  const std::size_t drop = samples_to_drop(sorted.size(), (1 - confidence) / 2);
  const std::size_t first = drop == 0 ? 0 : drop - 1;
  return {sorted[first], sorted[sorted.size() - 1 - first]};
}

double statistics::uncertainty() const noexcept {
  return median > 0 ? std::max(likely.high - median, median - likely.low) / median : 0;
}

statistics describe(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  statistics result;
  result.count = samples.size();
  result.median = quantile(samples, 0.5);
  result.least = samples.front();
  result.greatest = samples.back();
  result.mean = std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
  result.lower_quartile = quantile(samples, 0.25);
  result.upper_quartile = quantile(samples, 0.75);
  result.likely = median_interval(samples);
  result.outliers = count_outliers(samples, result.lower_quartile, result.upper_quartile);
  return result;
}

} // namespace clotho::tool
