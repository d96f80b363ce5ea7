#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <nlohmann/json.hpp>

#include <clotho/job/run.hpp>

namespace clotho::tool {

/// The document of `clotho run --json`, schema "clotho.run/1". Times in nanoseconds.
[[nodiscard]] nlohmann::json to_json(const job::run_report& report);

/// A line a step, on standard output (1) or standard error (2).
void print_steps(const job::run_report& report, int descriptor);

/// "y = @ref.npy: holds", one line an expectation: failures as errors, the rest as notes unless `quiet`.
void print_expectations(const job::run_report& report, bool quiet);

} // namespace clotho::tool
