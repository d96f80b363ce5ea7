#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <clotho/job/run.hpp>
#include <clotho/job/tuning_space.hpp>

namespace clotho::tool {

/// "30s", "2m", "500ms": time; "100": choices.
struct tune_budget {
  std::optional<double> seconds;
  std::optional<std::size_t> choices;
};
/// Throws argument_error.
[[nodiscard]] tune_budget parse_budget(const std::string& text);

/// What there is to choose for a kernel.
struct tune_plan {
  std::string kernel;
  job::tuning_space space;
  job::tuning_choice standard; ///< what runs without tuning: -D and `defines`, else the first of the choices
};
/// From the front matter's `tune` and `restrictions`, and --param NAME=N,N,..., which replace or add to
/// `tune`; what -D defines is not tuned. Restrictions may name scalars and numbers among the macros. Throws
/// argument_error, and what job::make_pipeline throws.
[[nodiscard]] tune_plan plan_tuning(const job::bare_kernel& what, const std::vector<std::string>& parameters);

} // namespace clotho::tool
