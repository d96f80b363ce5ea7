#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <clotho/job/expect.hpp>
#include <clotho/job/search.hpp>

#include "bench_case.hpp"
#include "tune_log.hpp"

namespace clotho::tool {

struct tuner_options {
  bench_options measuring;
  job::tolerance allowed; ///< between a choice's results and those of the default; integers are the same
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

/// Tries choices of a kernel's macros on a runtime's device. One counts when it builds, runs, leaves the
/// memory beside its arrays alone, and has the results of the default choice, or what the kernel's
/// expectations say, if it has any.
///
/// Each is measured as clotho bench does, but given up after a few launches when none came within twice the
/// best; in the end the best three and the default are measured again, for longer, and that decides: of many
/// noisy times the least is a lucky one.
class tuner {
 public:
  /// Borrows all.
  tuner(const runtime& rt, const job::bare_kernel& what, const tuner_options& options, tune_log& log);

  /// Throws what running the default choice throws, interrupted, and io_error for the log.
  [[nodiscard]] tune_result run(const job::tuning_space& space, job::search& order,
                                const job::tuning_choice& standard);

 private:
  [[nodiscard]] bench_result measure(const job::tuning_choice& choice, double seconds);
  [[nodiscard]] tune_outcome attempt(const job::tuning_choice& choice);
  [[nodiscard]] std::string wrong(const bench_result& result) const;
  void try_choice(const job::tuning_choice& choice);
  void decide();

  const runtime& rt_;
  const job::bare_kernel& what_;
  const tuner_options& options_;
  tune_log& log_;
  std::map<std::string, host_array> reference_; ///< the default's results; empty where expectations judge
  tune_result result_;
  std::optional<double> best_seconds_;
};

} // namespace clotho::tool
