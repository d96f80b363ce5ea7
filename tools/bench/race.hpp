#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "support/machine_load.hpp"

namespace clotho::bench {

/// One of those compared: `sample` runs the case once and returns its seconds.
struct contender {
  std::string name;
  std::function<double()> sample;
};

struct race_options {
  double seconds = 1;           ///< time for the rounds of one attempt
  std::size_t least_rounds = 5; ///< run even when they take longer
  std::size_t most_attempts = 3;
  std::vector<pid_t> peers; ///< processes whose work is ours
};

struct race_result {
  std::vector<std::vector<double>> samples; ///< [contender][round], seconds
  double others = 0;                        ///< cores that other processes kept busy meanwhile
};

/// Runs the contenders in turn, round after round, so that whatever changes on the machine meets all of them;
/// each round begins with the next one, so that none always follows the same neighbour. What was measured
/// while other processes used the machine is measured again, a bounded number of times, and the quietest
/// attempt counts.
[[nodiscard]] race_result race(std::span<const contender> contenders, const race_options& options);

struct summary {
  double median = 0, least = 0;
  double quartile_range = 0;
  [[nodiscard]] double spread() const noexcept { return median > 0 ? quartile_range / median : 0; }
};
/// `samples` must not be empty.
[[nodiscard]] summary summarise(std::vector<double> samples);
/// The same, but for what only a hundredth of the samples exceeds, in place of the median.
[[nodiscard]] summary summarise_tail(std::vector<double> samples);

/// What the first took longer than the second: of the differences round by round, as noise that meets both
/// cancels out, except that `least` is the difference of their best.
[[nodiscard]] summary summarise_difference(std::span<const double> first, std::span<const double> second);

/// Seconds since `begin`.
[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace clotho::bench
