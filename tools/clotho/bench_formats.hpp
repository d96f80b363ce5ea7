#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "bench_report.hpp"
#include "support/output.hpp"

namespace clotho::tool {

/// A report as people read it.
struct bench_table {
  std::vector<column> columns;
  std::vector<std::vector<std::string>> rows;
};
/// A line a row: time, its uncertainty, outliers, rates, and which part of what is possible was reached.
[[nodiscard]] bench_table rows_of(const bench_report& report);
/// A line a ceiling: what was measured on which device, and how.
[[nodiscard]] bench_table ceilings_of(const bench_report& report);

/// The rows as a table of GitHub's Markdown.
[[nodiscard]] std::string to_markdown(const bench_table& table);
/// The rows with a title line, RFC 4180; times in microseconds, rates in GB/s and GFLOP/s, what is not known
/// is empty.
[[nodiscard]] std::string to_csv(const bench_report& report);

/// The JSON of Google Benchmark: each launch a repetition, so that its tools/compare.py tests for
/// significance, then mean, median and standard deviation as aggregates. There is no processor time: it
/// repeats the real time.
[[nodiscard]] nlohmann::json to_google_benchmark(const bench_report& report);

} // namespace clotho::tool
