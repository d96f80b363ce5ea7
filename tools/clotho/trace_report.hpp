#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <nlohmann/json.hpp>

#include <clotho/job/trace_file.hpp>
#include <clotho/job/trace_summary.hpp>

namespace clotho::tool {

/// The document of `clotho trace --json`, schema "clotho.trace/1". Times in nanoseconds.
[[nodiscard]] nlohmann::json to_json(const job::trace_data& trace, const job::trace_summary& summary);

/// The summary as text on standard output.
void print_summary(const job::trace_data& trace, const job::trace_summary& summary);

} // namespace clotho::tool
