#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/statistics.hpp"

namespace clotho::tool {

/// A case of two documents.
struct comparison {
  enum class verdict { faster, slower, same };
  std::string name, unit;
  double before = 0, after = 0; ///< medians, in the unit
  interval before_range, after_range;
  verdict found = verdict::same;
  [[nodiscard]] double change() const noexcept { return before > 0 ? after / before - 1 : 0; }
};

struct comparison_report {
  std::vector<comparison> cases;           ///< in the new document's order
  std::vector<std::string> removed, added; ///< cases of one document only
  [[nodiscard]] bool has_regression() const noexcept;
};

/// Compares two documents clotho.bench/1, of clotho bench or clotho-bench, case by case: by name, device and
/// peer. Slower or faster is what differs by more than `threshold` (0.05: 5 %) and whose intervals do not
/// meet; anything else is noise. The intervals are the median's at 95 %, or, in documents without them, the
/// middle half of the samples. `old_name` and `new_name` are the files, for messages. Throws format_error.
[[nodiscard]] comparison_report compare_benchmarks(const nlohmann::json& before, const std::string& old_name,
                                                   const nlohmann::json& after, const std::string& new_name,
                                                   double threshold);

[[nodiscard]] const char* to_string(comparison::verdict found) noexcept;

/// The document of `clotho bench compare --json`, schema "clotho.bench.compare/1".
[[nodiscard]] nlohmann::json to_json(const comparison_report& report);

} // namespace clotho::tool
