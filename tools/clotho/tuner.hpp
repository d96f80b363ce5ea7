#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <clotho/job/search.hpp>

#include "tune_log.hpp"

namespace clotho::tool {

/// What came of measuring a choice.
struct tune_trial {
  std::vector<double> samples; ///< seconds, not empty
  std::string wrong;           ///< what is wrong with its results; empty: nothing
};

/// Runs choices of one thing that is tuned.
class tune_trials {
 public:
  virtual ~tune_trials() = default;
  /// Measures a choice for about `seconds`; it may be given up when nothing is within `hopeless_above`
  /// seconds. The first one is the default, whose results others may be compared with. Throws build_error and
  /// error for one that does not work, and job::interrupted.
  [[nodiscard]] virtual tune_trial run(const job::tuning_choice& choice, double seconds,
                                       std::optional<double> hopeless_above) = 0;
};

struct tuner_options {
  double seconds = 0.2; ///< for each choice
  std::optional<std::size_t> most_choices;
  std::optional<double> most_seconds; ///< no choice is begun afterwards
  std::function<void(std::size_t tried, const job::tuning_choice& next)> progress;
};

struct candidate {
  job::tuning_choice choice;
  tune_outcome outcome;
  bool is_default = false;
};

struct tune_result {
  std::vector<candidate> candidates; ///< in the order they were tried, the default first
  std::optional<std::size_t> best;   ///< of them; none: not even the default counts
  bool is_complete = false;          ///< the search had no more to try
};

/// Tries choices. One counts when it builds, runs, and has the right results.
///
/// Each is measured until its median is known, but given up after a few launches when none came within twice
/// the best; in the end the best three and the default are measured again, in turns, and that decides: of
/// many noisy times the least is a lucky one. The default stays unless another one is faster beyond what is
/// not known of their medians.
class tuner {
 public:
  /// Borrows all.
  tuner(tune_trials& trials, const tuner_options& options, tune_log& log);

  /// Throws what running the default choice throws, job::interrupted, and io_error for the log.
  [[nodiscard]] tune_result run(const job::tuning_space& space, job::search& order,
                                const job::tuning_choice& standard);

 private:
  [[nodiscard]] tune_trial measure(const job::tuning_choice& choice);
  [[nodiscard]] tune_outcome attempt(const job::tuning_choice& choice);
  void try_choice(const job::tuning_choice& choice);
  [[nodiscard]] std::vector<std::size_t> finalists() const;
  void measure_in_turns(const std::vector<std::size_t>& which);
  void decide();

  tune_trials& trials_;
  const tuner_options& options_;
  tune_log& log_;
  tune_result result_;
  std::optional<double> best_seconds_;
};

} // namespace clotho::tool
