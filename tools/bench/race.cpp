// SPDX-License-Identifier: Apache-2.0
#include "race.hpp"

#include <algorithm>

#include "support/statistics.hpp"

namespace clotho::bench {
namespace {

using clock = std::chrono::steady_clock;
using tool::quantile;

race_result attempt(std::span<const contender> contenders, const race_options& options) {
  race_result result;
  result.samples.resize(contenders.size());
  const load_meter load(options.peers);
  const clock::time_point begin = clock::now();
  for (std::size_t round = 0; round < options.least_rounds || seconds_since(begin) < options.seconds; ++round)
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      const std::size_t turn = (round + i) % contenders.size();
      result.samples[turn].push_back(contenders[turn].sample());
    }
  result.others = load.others();
  return result;
}

} // namespace

race_result race(std::span<const contender> contenders, const race_options& options) {
  // Not counted: the first run compiles, allocates and faults pages in.
  for (const contender& c : contenders) (void)c.sample();
  race_result best = attempt(contenders, options);
  for (std::size_t i = 1; i < options.most_attempts && best.others > quiet_cores; ++i) {
    race_result next = attempt(contenders, options);
    if (next.others < best.others) best = std::move(next);
  }
  return best;
}

summary summarise(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  return {quantile(samples, 0.5), samples.front(), quantile(samples, 0.75) - quantile(samples, 0.25)};
}

summary summarise_tail(std::vector<double> samples) {
  summary all = summarise(samples);
  std::sort(samples.begin(), samples.end());
  all.median = quantile(samples, 0.99);
  return all;
}

summary summarise_difference(std::span<const double> first, std::span<const double> second) {
  std::vector<double> each(std::min(first.size(), second.size()));
  for (std::size_t i = 0; i < each.size(); ++i) each[i] = first[i] - second[i];
  summary result = summarise(std::move(each));
  result.least =
      *std::min_element(first.begin(), first.end()) - *std::min_element(second.begin(), second.end());
  return result;
}

} // namespace clotho::bench
