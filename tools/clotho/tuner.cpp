// SPDX-License-Identifier: Apache-2.0
#include "tuner.hpp"

#include <algorithm>
#include <chrono>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho::tool {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t guard = 4096, finalists = 3;

job::pipeline pipeline_for(const job::bare_kernel& what, const job::tuning_choice& choice) {
  job::bare_kernel chosen = what;
  for (const auto& [name, value] : choice) chosen.defines.emplace_back(name, std::to_string(value));
  return job::make_pipeline(chosen);
}

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

tune_outcome outcome_of(const statistics& times) { return {times.median, times.likely, times.count, {}}; }

} // namespace

tuner::tuner(const runtime& rt, const job::bare_kernel& what, const tuner_options& options, tune_log& log)
    : rt_(rt), what_(what), options_(options), log_(log) {}

bench_result tuner::measure(const job::tuning_choice& choice, double seconds) {
  const job::pipeline pipeline = pipeline_for(what_, choice);
  bench_options how = options_.measuring;
  how.limits.seconds = seconds;
  how.guard_bytes = guard;
  if (what_.expectations.empty())
    for (const job::buffer_spec& buffer : pipeline.buffers) how.keep.push_back(buffer.name);
  if (best_seconds_) how.hopeless_above = 2 * *best_seconds_;
  return run_case(rt_, pipeline, how);
}

std::string tuner::wrong(const bench_result& result) const {
  if (!result.overruns.empty()) return "writes beside " + join(result.overruns, " and beside ");
  for (const job::expectation_report& one : result.expectations)
    if (!one.holds) return "'" + one.buffer + "': " + to_string(one);
  for (const auto& [name, expected] : reference_) {
    const bool is_exact = !is_floating(expected.type);
    const job::expectation_report found =
        job::compare(result.arrays.at(name), expected, is_exact ? job::tolerance{} : options_.allowed);
    if (!found.holds) return "'" + name + "': " + to_string(found);
  }
  return {};
}

tune_outcome tuner::attempt(const job::tuning_choice& choice) {
  try {
    const bench_result result = measure(choice, options_.measuring.limits.seconds);
    if (std::string why = wrong(result); !why.empty()) return {0, {}, 0, std::move(why)};
    return outcome_of(result.row.times);
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

void tuner::decide() {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < result_.candidates.size(); ++i)
    if (result_.candidates[i].outcome.counts()) order.push_back(i);
  const auto is_faster = [&](std::size_t a, std::size_t b) {
    return result_.candidates[a].outcome.seconds < result_.candidates[b].outcome.seconds;
  };
  std::stable_sort(order.begin(), order.end(), is_faster);
  if (order.size() > finalists) order.resize(finalists);
  if (result_.candidates[0].outcome.counts() && std::find(order.begin(), order.end(), 0) == order.end())
    order.push_back(0);
  best_seconds_.reset();
  for (const std::size_t i : order) {
    candidate& one = result_.candidates[i];
    one.outcome = outcome_of(measure(one.choice, 3 * options_.measuring.limits.seconds).row.times);
    if (!result_.best || is_faster(i, *result_.best)) result_.best = i;
  }
}

tune_result tuner::run(const job::tuning_space& space, job::search& order,
                       const job::tuning_choice& standard) {
  const clock::time_point begin = clock::now();
  // What the others are compared with comes from this run, whatever the log knows: it must work.
  bench_result first = measure(standard, options_.measuring.limits.seconds);
  const std::string why = wrong(first);
  if (what_.expectations.empty()) reference_ = std::move(first.arrays);
  result_.candidates.push_back(
      {standard, why.empty() ? outcome_of(first.row.times) : tune_outcome{0, {}, 0, why}, true});
  if (why.empty()) best_seconds_ = first.row.times.median;
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
