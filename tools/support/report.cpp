// SPDX-License-Identifier: Apache-2.0
#include "support/report.hpp"

#include <algorithm>
#include <cstdio>

#include "support/output.hpp"

namespace clotho::bench {
namespace {

// Three significant digits, without an exponent.
std::string number(double value) {
  char text[64];
  const double size = value < 0 ? -value : value;
  std::snprintf(text, sizeof text,
                size >= 99.95    ? "%.0f"
                : size >= 9.995  ? "%.1f"
                : size >= 0.9995 ? "%.2f"
                                 : "%.3f",
                value);
  return text;
}

row row_from_json(const nlohmann::json& from) {
  row to{from.at("name"),
         from.at("n"),
         from.at("unit"),
         from.at("value"),
         from.at("min"),
         from.at("spread"),
         from.at("peer"),
         from.at("peer_value"),
         from.at("peer_min"),
         from.at("ahead"),
         {},
         from.value("rate", 0.0),
         from.value("peer_rate", 0.0),
         from.value("rate_unit", "")};
  if (!from.at("goal").is_null()) to.goal = from.at("goal").get<double>();
  return to;
}

// A spread as large as the figure itself says nothing about a goal.
std::string verdict(const row& r) {
  if (!r.goal) return {};
  return number(*r.goal) + (r.spread > 1 ? " unclear" : r.ahead >= *r.goal ? " met" : " missed");
}

void append(std::string& to, const std::string& part) {
  if (to.find(part) == std::string::npos) to += (to.empty() ? "" : ", ") + part;
}

} // namespace

nlohmann::json to_json(const row& from) {
  nlohmann::json to{{"name", from.name},         {"n", from.n},
                    {"unit", from.unit},         {"value", from.value},
                    {"min", from.min},           {"spread", from.spread},
                    {"peer", from.peer},         {"peer_value", from.peer_value},
                    {"peer_min", from.peer_min}, {"ahead", from.ahead}};
  to["goal"] = from.goal ? nlohmann::json(*from.goal) : nlohmann::json();
  if (!from.rate_unit.empty()) {
    to["rate"] = from.rate;
    to["peer_rate"] = from.peer_rate;
    to["rate_unit"] = from.rate_unit;
  }
  return to;
}

nlohmann::json to_json(const report& from) {
  nlohmann::json rows = nlohmann::json::array();
  for (const row& r : from.rows) rows.push_back(to_json(r));
  return {{"schema", report_schema}, {"suite", from.suite}, {"device", from.device},
          {"driver", from.driver},   {"rows", rows},        {"missing", from.missing}};
}

report report_from_json(const nlohmann::json& from) {
  report to{from.at("suite"), from.at("device"), from.at("driver"), {}, from.at("missing")};
  for (const nlohmann::json& r : from.at("rows")) to.rows.push_back(row_from_json(r));
  return to;
}

void print_report(const report& what) {
  tool::print(what.suite + " on " + what.device + ", " + what.driver + "\n");
  const bool with_rates =
      std::any_of(what.rows.begin(), what.rows.end(), [](const row& r) { return !r.rate_unit.empty(); });
  std::vector<tool::column> columns{{"CASE"},          {"N", true},      {"UNIT"},      {"CLOTHO", true},
                                    {"MIN", true},     {"SPREAD", true}, {"PEER"},      {"ITS VALUE", true},
                                    {"ITS MIN", true}, {"AHEAD", true},  {"GOAL", true}};
  if (with_rates) columns.insert(columns.end(), {{"RATE", true}, {"ITS RATE", true}, {""}});
  std::vector<std::vector<std::string>> cells;
  for (const row& r : what.rows) {
    cells.push_back({r.name, number(r.n), r.unit, number(r.value), number(r.min),
                     number(100 * r.spread) + "%", r.peer, number(r.peer_value), number(r.peer_min),
                     number(r.ahead), verdict(r)});
    if (!r.rate_unit.empty())
      cells.back().insert(cells.back().end(), {number(r.rate), number(r.peer_rate), r.rate_unit});
  }
  tool::print_table(columns, cells);
  for (const std::string& absent : what.missing) tool::print_note("not measured: " + absent);
}

void merge(report& into, report found, const std::string& part) {
  append(into.device, found.device);
  append(into.driver, found.driver);
  for (row& r : found.rows) {
    r.name = part + ": " + r.name;
    into.rows.push_back(std::move(r));
  }
  for (const std::string& absent : found.missing) into.missing.push_back(part + ": " + absent);
}

} // namespace clotho::bench
