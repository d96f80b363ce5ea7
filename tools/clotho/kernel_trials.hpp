#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <map>
#include <string>

#include <clotho/job/expect.hpp>

#include "bench_case.hpp"
#include "tuner.hpp"

namespace clotho::tool {

/// Choices of a kernel's macros, on a runtime's device. Right is what leaves the memory beside its arrays
/// alone, and has the results of the default choice, or what the kernel's expectations say, if it has any.
class kernel_trials : public tune_trials {
 public:
  /// Borrows all. `allowed`: between a choice's results and those of the default; integers are the same.
  kernel_trials(const runtime& rt, const job::bare_kernel& what, const bench_options& measuring,
                const job::tolerance& allowed)
      : rt_(rt), what_(what), measuring_(measuring), allowed_(allowed) {}

  [[nodiscard]] tune_trial run(const job::tuning_choice& choice, double seconds,
                               std::optional<double> hopeless_above) override;

 private:
  [[nodiscard]] std::string wrong(const bench_result& result) const;

  const runtime& rt_;
  const job::bare_kernel& what_;
  const bench_options& measuring_;
  const job::tolerance& allowed_;
  std::map<std::string, host_array> reference_; ///< the default's results; empty where expectations judge
};

} // namespace clotho::tool
