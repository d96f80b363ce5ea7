#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <clotho/job/tuning_space.hpp>

#include "tuner.hpp"

namespace clotho::tool {

/// What a tuner found, for people and for programs. Borrows all.
class tune_report {
 public:
  tune_report(const job::tuning_space& space, const tune_result& result);

  /// The best choices as a table; what was refused as notes.
  void print() const;
  /// {"space": ..., "unrestricted": ..., "complete": ..., "candidates": [...], "best": {...}}.
  [[nodiscard]] nlohmann::json to_json() const;

 private:
  [[nodiscard]] double rank(std::size_t i) const;
  [[nodiscard]] double speed(const tune_outcome& outcome) const;
  [[nodiscard]] std::vector<std::string> row_of(const candidate& one) const;
  [[nodiscard]] std::size_t count_refused() const;
  void print_refusals() const;
  [[nodiscard]] nlohmann::json to_json(const candidate& one) const;

  const job::tuning_space& space_;
  const tune_result& result_;
  std::vector<std::size_t> order_; ///< the best, then by time; what was refused in the order it was tried
};

} // namespace clotho::tool
