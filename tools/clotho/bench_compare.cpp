// SPDX-License-Identifier: Apache-2.0
#include "bench_compare.hpp"

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

#include "support/report.hpp"

namespace clotho::tool {
namespace {

struct measured_case {
  std::string name, unit;
  double median = 0;
  interval range;
};

// Rows say the unit that suits them, and may have changed it since.
double factor_of(const std::string& unit) {
  return unit == "ns" ? 1e-3 : unit == "ms" ? 1e3 : unit == "s" ? 1e6 : 1;
}
std::string base_of(const std::string& unit) {
  return unit == "ns" || unit == "ms" || unit == "s" ? "us" : unit;
}

measured_case read_case(const nlohmann::json& row) {
  const std::string unit = row.at("unit"), device = row.value("device", ""), peer = row.at("peer");
  const double factor = factor_of(unit), median = row.at("value"), spread = row.at("spread");
  measured_case result{row.at("name"), base_of(unit), median * factor, {}};
  if (!device.empty()) result.name += " on " + device;
  if (!peer.empty() && peer != "roofline") result.name += " beside " + peer;
  result.range = {row.value("low", median * (1 - spread / 2)) * factor,
                  row.value("high", median * (1 + spread / 2)) * factor};
  return result;
}

std::vector<measured_case> read_cases(const nlohmann::json& document, const std::string& file) {
  std::vector<measured_case> cases;
  try {
    if (document.at("schema") != bench::report_schema)
      throw format_error({file, 0, 0}, "this is no document " + std::string(bench::report_schema) + " but "
                                           + printable(document.at("schema").dump()));
    for (const nlohmann::json& row : document.at("rows")) cases.push_back(read_case(row));
  } catch (const nlohmann::json::exception& why) {
    throw format_error({file, 0, 0}, "this is no document " + std::string(bench::report_schema) + ": "
                                         + printable(why.what()));
  }
  return cases;
}

const measured_case* find_case(const std::vector<measured_case>& cases, const measured_case& like) {
  const auto found = std::find_if(cases.begin(), cases.end(), [&](const measured_case& one) {
    return one.name == like.name && one.unit == like.unit;
  });
  return found == cases.end() ? nullptr : &*found;
}

comparison compare_case(const measured_case& before, const measured_case& after, double threshold) {
  comparison result{before.name,
                    before.unit,
                    before.median,
                    after.median,
                    before.range,
                    after.range,
                    comparison::verdict::same};
  if (after.range.low > before.range.high && result.change() > threshold)
    result.found = comparison::verdict::slower;
  else if (after.range.high < before.range.low && -result.change() > threshold)
    result.found = comparison::verdict::faster;
  return result;
}

} // namespace

bool comparison_report::has_regression() const noexcept {
  return std::any_of(cases.begin(), cases.end(),
                     [](const comparison& one) { return one.found == comparison::verdict::slower; });
}

comparison_report compare_benchmarks(const nlohmann::json& before, const std::string& old_name,
                                     const nlohmann::json& after, const std::string& new_name,
                                     double threshold) {
  const std::vector<measured_case> old_cases = read_cases(before, old_name),
                                   new_cases = read_cases(after, new_name);
  comparison_report report;
  for (const measured_case& one : new_cases) {
    const measured_case* former = find_case(old_cases, one);
    if (former)
      report.cases.push_back(compare_case(*former, one, threshold));
    else
      report.added.push_back(one.name);
  }
  for (const measured_case& one : old_cases)
    if (!find_case(new_cases, one)) report.removed.push_back(one.name);
  return report;
}

const char* to_string(comparison::verdict found) noexcept {
  switch (found) {
  case comparison::verdict::faster: return "faster";
  case comparison::verdict::slower: return "slower";
  case comparison::verdict::same: break;
  }
  return "same";
}

nlohmann::json to_json(const comparison_report& report) {
  nlohmann::json cases = nlohmann::json::array();
  for (const comparison& one : report.cases)
    cases.push_back({{"name", one.name},
                     {"unit", one.unit},
                     {"before", one.before},
                     {"before_low", one.before_range.low},
                     {"before_high", one.before_range.high},
                     {"after", one.after},
                     {"after_low", one.after_range.low},
                     {"after_high", one.after_range.high},
                     {"change", one.change()},
                     {"verdict", to_string(one.found)}});
  return {{"schema", "clotho.bench.compare/1"},
          {"cases", cases},
          {"removed", report.removed},
          {"added", report.added},
          {"regression", report.has_regression()}};
}

} // namespace clotho::tool
