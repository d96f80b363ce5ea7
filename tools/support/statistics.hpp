#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <span>
#include <vector>

namespace clotho::tool {

/// The value below which `part` (0 to 1) of the samples lie, between two of them by their distances: R's type
/// 7, NumPy's default. `sorted` must not be empty.
[[nodiscard]] double quantile(std::span<const double> sorted, double part);

struct interval {
  double low = 0, high = 0;
  friend bool operator==(const interval&, const interval&) = default;
};
/// Contains the median of what the samples were drawn from with a probability of at least `confidence`,
/// whatever its distribution: two of the samples, chosen by the binomial distribution (Conover, Practical
/// Nonparametric Statistics, 3.2). Where they are too few for that, at 95 % five or fewer, all that they
/// cover. `sorted` must not be empty. Linear time.
[[nodiscard]] interval median_interval(std::span<const double> sorted, double confidence = 0.95);

/// Samples beyond Tukey's fences: 1.5 quartile ranges outside the quartiles, severe beyond 3.
struct outlier_count {
  std::size_t low_severe = 0, low_mild = 0, high_mild = 0, high_severe = 0;
  [[nodiscard]] std::size_t all() const noexcept { return low_severe + low_mild + high_mild + high_severe; }
};

struct statistics {
  std::size_t count = 0;
  double median = 0, least = 0, greatest = 0, mean = 0;
  double lower_quartile = 0, upper_quartile = 0;
  interval likely; ///< of the median, at 95 %
  outlier_count outliers;

  [[nodiscard]] double quartile_range() const noexcept { return upper_quartile - lower_quartile; }
  /// How far the interval reaches from the median, relative to it.
  [[nodiscard]] double uncertainty() const noexcept;
};
/// `samples` must not be empty.
[[nodiscard]] statistics describe(std::vector<double> samples);

} // namespace clotho::tool
