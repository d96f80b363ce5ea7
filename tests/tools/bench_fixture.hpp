#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <set>

#include "command_fixture.hpp"

namespace clotho::test {

/// Runs the built `clotho-bench`.
struct bench_fixture : command_fixture {
  job::process_result bench(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), CLOTHO_BENCH_COMMAND);
    return job::run_process({std::move(arguments), {{"CLOTHO_DEVICES", std::nullopt}}, {}},
                            std::chrono::minutes(4));
  }
};

inline std::set<std::string> keys(const nlohmann::json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

inline void check_rate(const nlohmann::json& row) {
  CHECK(row["rate"] > 0);
  CHECK(row["peer_rate"] > 0);
  CHECK_FALSE(row["rate_unit"].get<std::string>().empty());
}

/// A row of any suite.
inline void check_row(nlohmann::json row) {
  CAPTURE(row.dump());
  if (row.contains("rate_unit")) check_rate(row);
  for (const char* name : {"rate", "peer_rate", "rate_unit"}) row.erase(name);
  CHECK(keys(row)
        == std::set<std::string>{"name", "n", "unit", "value", "min", "spread", "peer", "peer_value",
                                 "peer_min", "ahead", "goal"});
  for (const char* name : {"n", "value", "min", "spread", "peer_value", "peer_min", "ahead"}) {
    REQUIRE(row[name].is_number());
    CHECK(std::isfinite(row[name].get<double>()));
  }
  CHECK(row["ahead"] > 0);
  CHECK(row["peer_value"] > 0);
  CHECK((row["goal"].is_null() || row["goal"].is_number()));
  CHECK_FALSE(row["peer"].get<std::string>().empty());
  CHECK(std::set<std::string>{"ns", "us", "ms", "%"}.contains(row["unit"].get<std::string>()));
}

/// Whether there is a row whose name and peer begin so.
inline bool has_row(const nlohmann::json& document, const std::string& name, const std::string& peer) {
  const auto& rows = document["rows"];
  return std::any_of(rows.begin(), rows.end(), [&](const nlohmann::json& row) {
    return row["name"].get<std::string>().starts_with(name)
           && row["peer"].get<std::string>().starts_with(peer);
  });
}

inline bool is_missing(const nlohmann::json& document, const std::string& part) {
  const auto& missing = document["missing"];
  return std::any_of(missing.begin(), missing.end(),
                     [&](const nlohmann::json& why) { return contains(why.get<std::string>(), part); });
}

/// What every suite prints, checked, as a document.
inline nlohmann::json checked_document(const job::process_result& result, const char* suite) {
  nlohmann::json document = printed_document(result);
  CHECK(keys(document) == std::set<std::string>{"schema", "suite", "device", "driver", "rows", "missing"});
  CHECK(document["schema"] == "clotho.bench/1");
  CHECK(document["suite"] == suite);
  for (const auto& row : document["rows"]) check_row(row);
  return document;
}

} // namespace clotho::test
