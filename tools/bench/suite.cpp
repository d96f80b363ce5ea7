// SPDX-License-Identifier: Apache-2.0
#include "suite.hpp"

#include <algorithm>
#include <cstdio>

#include <clotho/core/text.hpp>

#include "support/output.hpp"

namespace clotho::bench {
namespace {

double scale_of(const std::string& unit) {
  if (unit == "%") return 100;
  return unit == "ns" ? 1e9 : unit == "us" ? 1e6 : 1e3;
}

} // namespace

report report_for(std::string suite, const device& on) {
  const device_info& info = on.info();
  return {std::move(suite), info.name, info.platform_name + " " + info.driver_version, {}, {}};
}

row compare(const std::string& name, double n, const std::string& unit, const summary& clotho,
            const std::string& peer, const summary& its, std::optional<double> goal) {
  const double scale = scale_of(unit);
  return {name,
          n,
          unit,
          clotho.median * scale,
          clotho.least * scale,
          clotho.spread(),
          peer,
          its.median * scale,
          its.least * scale,
          its.median / clotho.median,
          goal};
}

row compare_to_allowance(const std::string& name, double n, const std::string& unit, const summary& clotho,
                         double allowance) {
  const double scale = scale_of(unit);
  return {name,
          n,
          unit,
          clotho.median * scale,
          clotho.least * scale,
          clotho.quartile_range / allowance,
          "allowance",
          allowance * scale,
          allowance * scale,
          allowance / std::max(clotho.median, allowance / 1000),
          1.0};
}

void show_progress(const std::string& text) { tool::print_plain_to_stderr(printable(text) + "\n"); }

void show_case(const std::string& name, const race_result& measured) {
  char load[96];
  std::snprintf(load, sizeof load, "  %zu rounds, others used %.2f cores%s", measured.samples[0].size(),
                measured.others, measured.others > quiet_cores ? " (noisy)" : "");
  show_progress(name + load);
}

} // namespace clotho::bench
