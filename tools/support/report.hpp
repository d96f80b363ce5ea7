#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace clotho::bench {

inline constexpr const char* report_schema = "clotho.bench/1";

/// One case beside one peer.
struct row {
  std::string name;
  double n = 1; ///< the size of the case: launches in a row, elements, kernels
  std::string unit;
  double value = 0;  ///< clotho's median; smaller is better
  double min = 0;    ///< clotho's best
  double spread = 0; ///< interquartile range over the median
  std::string peer;
  double peer_value = 0;          ///< the peer's median
  double peer_min = 0;            ///< the peer's best
  double ahead = 0;               ///< how many times better clotho is: above 1 is ahead
  std::optional<double> goal;     ///< what `ahead` should reach, if anything was asked for
  double rate = 0, peer_rate = 0; ///< work a second by the medians, in 1e9 of `rate_unit`
  std::string rate_unit = {};     ///< "GB/s"; empty where no work is counted
};

/// What a suite found.
struct report {
  std::string suite, device, driver;
  std::vector<row> rows;
  std::vector<std::string> missing; ///< peers and cases that could not be measured, and why
};

[[nodiscard]] nlohmann::json to_json(const row& from);
/// The document clotho.bench/1.
[[nodiscard]] nlohmann::json to_json(const report& from);
/// Throws nlohmann::json::exception when it is no such document.
[[nodiscard]] report report_from_json(const nlohmann::json& from);

/// An aligned table on standard output, and what is missing as notes on standard error.
void print_report(const report& what);

/// Adds what another run of the same suite found. Its rows are named "PART: name".
void merge(report& into, report found, const std::string& part);

} // namespace clotho::bench
