// SPDX-License-Identifier: Apache-2.0
#include "tune_report.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <clotho/job/amount_text.hpp>

#include "support/output.hpp"

namespace clotho::tool {
namespace {

constexpr std::size_t shown_candidates = 10;

std::string time_text(double seconds) {
  return job::duration_text(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

double uncertainty(const tune_outcome& outcome) {
  return std::max(outcome.likely.high - outcome.seconds, outcome.seconds - outcome.likely.low)
         / outcome.seconds;
}

} // namespace

tune_report::tune_report(const job::tuning_space& space, const tune_result& result)
    : space_(space), result_(result) {
  for (std::size_t i = 0; i < result.candidates.size(); ++i) order_.push_back(i);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
}

void tune_report::print() const {
  std::vector<std::vector<std::string>> rows;
  for (const std::size_t i : order_) {
    const candidate& one = result_.candidates[i];
    if (one.outcome.counts() && (rows.size() < shown_candidates || one.is_default))
      rows.push_back(row_of(one));
  }
  print_table({{"choice"}, {"median", true}, {"+- 95%", true}, {"launches", true}, {"speed", true}, {""}},
              rows);
  print_refusals();
  const std::size_t refused = count_refused();
  print_note(job::count_text(result_.candidates.size(), "choice") + " tried of "
             + std::to_string(space_.size())
             + (space_.unrestricted() != space_.size()
                    ? " that restrictions leave of " + std::to_string(space_.unrestricted())
                    : std::string())
             + ", " + std::to_string(refused) + " refused");
}

nlohmann::json tune_report::to_json() const {
  nlohmann::json all = nlohmann::json::array();
  for (const candidate& one : result_.candidates) all.push_back(to_json(one));
  return {
      {"space", space_.size()},
      {"unrestricted", space_.unrestricted()},
      {"complete", result_.is_complete},
      {"candidates", all},
      {"best", result_.best ? tool::to_json(result_.candidates[*result_.best].choice) : nlohmann::json()}};
}

// The best that was measured again, then by time.
double tune_report::rank(std::size_t i) const {
  if (i == result_.best) return 0;
  const tune_outcome& outcome = result_.candidates[i].outcome;
  return outcome.counts() ? outcome.seconds : HUGE_VAL;
}

double tune_report::speed(const tune_outcome& outcome) const {
  const tune_outcome& standard = result_.candidates[0].outcome;
  return standard.counts() ? standard.seconds / outcome.seconds : 0;
}

std::vector<std::string> tune_report::row_of(const candidate& one) const {
  return {job::to_string(one.choice),
          time_text(one.outcome.seconds),
          job::percent_text(uncertainty(one.outcome)),
          std::to_string(one.outcome.launches),
          result_.candidates[0].outcome.counts() ? job::three_digits(speed(one.outcome)) + "x" : "-",
          one.is_default ? "default" : ""};
}

std::size_t tune_report::count_refused() const {
  return static_cast<std::size_t>(std::count_if(result_.candidates.begin(), result_.candidates.end(),
                                                [](const candidate& one) { return !one.outcome.counts(); }));
}

void tune_report::print_refusals() const {
  std::size_t told = 0;
  for (const candidate& one : result_.candidates) {
    if (one.outcome.counts()) continue;
    if (told++ == shown_candidates) return print_note("more were refused; --json or --log tell all");
    print_note("refused " + job::to_string(one.choice) + ": " + one.outcome.refusal);
  }
}

nlohmann::json tune_report::to_json(const candidate& one) const {
  nlohmann::json to{{"choice", tool::to_json(one.choice)}, {"default", one.is_default}, {"refused", nullptr}};
  if (one.outcome.counts())
    to.update({{"median_ns", one.outcome.seconds * 1e9},
               {"low_ns", one.outcome.likely.low * 1e9},
               {"high_ns", one.outcome.likely.high * 1e9},
               {"launches", one.outcome.launches},
               {"speed", speed(one.outcome)}});
  else
    to["refused"] = one.outcome.refusal;
  return to;
}

} // namespace clotho::tool
