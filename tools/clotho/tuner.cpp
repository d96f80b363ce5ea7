// SPDX-License-Identifier: Apache-2.0
#include "tuner.hpp"

#include <algorithm>
#include <chrono>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/run.hpp>

namespace clotho::tool {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t most_finalists = 3, final_rounds = 3;

std::string first_line(const char* text) {
  const std::string_view all = text;
  return printable(all.substr(0, all.find('\n')));
}

std::string refusal_of(const build_error& failure) {
  for (const diagnostic& one : failure.diagnostics())
    if (one.level >= severity::error)
      return "does not build: " + to_string(one.where) + ": " + printable(one.text);
  return "does not build: " + first_line(failure.what());
}

tune_outcome outcome_of(const std::vector<double>& samples) {
  const statistics times = describe(samples);
  return {times.median, times.likely, times.count, {}};
}

tune_outcome outcome_of(const tune_trial& trial) {
  return trial.wrong.empty() ? outcome_of(trial.samples) : tune_outcome{0, {}, 0, trial.wrong};
}

} // namespace

tuner::tuner(tune_trials& trials, const tuner_options& options, tune_log& log)
    : trials_(trials), options_(options), log_(log) {}

tune_trial tuner::measure(const job::tuning_choice& choice) {
  return trials_.run(choice, options_.seconds,
                     best_seconds_ ? std::optional(2 * *best_seconds_) : std::nullopt);
}

tune_outcome tuner::attempt(const job::tuning_choice& choice) {
  try {
    return outcome_of(measure(choice));
  } catch (const job::interrupted&) {
    throw;
  } catch (const build_error& failure) {
    return {0, {}, 0, refusal_of(failure)};
  } catch (const error& failure) {
    return {0, {}, 0, first_line(failure.what())};
  }
}

void tuner::try_choice(const job::tuning_choice& choice) {
  const tune_outcome* known = log_.find(choice);
  candidate tried{choice, known ? *known : tune_outcome{}, false};
  if (!known) {
    log_.begin(choice);
    try {
      tried.outcome = attempt(choice);
    } catch (const job::interrupted&) {
      log_.forget(choice);
      throw;
    }
    log_.end(choice, tried.outcome);
  }
  if (tried.outcome.counts())
    best_seconds_ = std::min(best_seconds_.value_or(tried.outcome.seconds), tried.outcome.seconds);
  result_.candidates.push_back(std::move(tried));
}

std::vector<std::size_t> tuner::finalists() const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < result_.candidates.size(); ++i)
    if (result_.candidates[i].outcome.counts()) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return result_.candidates[a].outcome.seconds < result_.candidates[b].outcome.seconds;
  });
  if (order.size() > most_finalists) order.resize(most_finalists);
  if (result_.candidates[0].outcome.counts() && std::find(order.begin(), order.end(), 0) == order.end())
    order.push_back(0);
  return order;
}

// In turns, so that all see the same of a noisy machine.
void tuner::measure_in_turns(const std::vector<std::size_t>& which) {
  std::vector<std::vector<double>> samples(which.size());
  best_seconds_.reset();
  for (std::size_t round = 0; round < final_rounds; ++round)
    for (std::size_t k = 0; k < which.size(); ++k) {
      const tune_trial trial = measure(result_.candidates[which[k]].choice);
      samples[k].insert(samples[k].end(), trial.samples.begin(), trial.samples.end());
    }
  for (std::size_t k = 0; k < which.size(); ++k)
    result_.candidates[which[k]].outcome = outcome_of(samples[k]);
}

void tuner::decide() {
  const std::vector<std::size_t> order = finalists();
  if (order.empty()) return;
  measure_in_turns(order);
  const auto is_faster = [&](std::size_t a, std::size_t b) {
    return result_.candidates[a].outcome.seconds < result_.candidates[b].outcome.seconds;
  };
  result_.best = *std::min_element(order.begin(), order.end(), is_faster);
  const tune_outcome &standard = result_.candidates[0].outcome,
                     &best = result_.candidates[*result_.best].outcome;
  if (standard.counts() && best.likely.high >= standard.likely.low) result_.best = 0;
}

tune_result tuner::run(const job::tuning_space& space, job::search& order,
                       const job::tuning_choice& standard) {
  const clock::time_point begin = clock::now();
  // What the others are compared with comes from this run, whatever the log knows: it must work.
  const tune_outcome first = outcome_of(measure(standard));
  result_.candidates.push_back({standard, first, true});
  if (first.counts()) best_seconds_ = first.seconds;
  for (;;) {
    if (options_.most_choices && result_.candidates.size() >= *options_.most_choices) break;
    if (options_.most_seconds
        && std::chrono::duration<double>(clock::now() - begin).count() >= *options_.most_seconds)
      break;
    const std::optional<std::size_t> next = order.next();
    result_.is_complete = !next;
    if (!next) break;
    const job::tuning_choice choice = space[*next];
    if (options_.progress) options_.progress(result_.candidates.size(), choice);
    if (choice != standard) try_choice(choice);
    const tune_outcome& found =
        choice == standard ? result_.candidates[0].outcome : result_.candidates.back().outcome;
    order.tell(found.counts() ? std::optional(found.seconds) : std::nullopt);
  }
  decide();
  return std::move(result_);
}

} // namespace clotho::tool
