// SPDX-License-Identifier: Apache-2.0
#include "bench_report.hpp"

#include <algorithm>
#include <cmath>

#include <clotho/core/text.hpp>

#include "support/report.hpp"

namespace clotho::tool {
namespace {

constexpr double microseconds = 1e6;

nlohmann::json to_json(const outlier_count& count) {
  return {{"low_severe", count.low_severe},
          {"low_mild", count.low_mild},
          {"high_mild", count.high_mild},
          {"high_severe", count.high_severe}};
}

bench::row base_of(const bench_row& from) {
  const double median = from.times.median * microseconds;
  const double ideal = from.bound ? from.bound->seconds() * microseconds : 0;
  const double n = static_cast<double>(from.point.size() == 1 ? from.point[0].second : from.work_items);
  return {.name = from.name(),
          .n = n,
          .unit = "us",
          .value = median,
          .min = from.times.least * microseconds,
          .spread = from.times.quartile_range() / from.times.median,
          .peer = from.bound ? "roofline" : "",
          .peer_value = ideal,
          .peer_min = ideal,
          .ahead = from.reached(),
          .goal = {}};
}

nlohmann::json to_json(const bench_row& from, const bench_device& device) {
  nlohmann::json to = bench::to_json(base_of(from));
  nlohmann::json parameters = nlohmann::json::object(), samples = nlohmann::json::array();
  for (const auto& [name, value] : from.point) parameters[name] = value;
  for (const double sample : from.samples) samples.push_back(std::llround(sample * 1e9));
  to.update({{"device", device.name},
             {"driver", device.driver},
             {"kernel", from.kernel},
             {"parameters", parameters},
             {"low", from.times.likely.low * microseconds},
             {"high", from.times.likely.high * microseconds},
             {"stable", from.is_stable},
             {"warmup", from.warmup},
             {"outliers", to_json(from.times.outliers)},
             {"device_times", from.by_device},
             {"work_items", from.work_items},
             {"bytes", from.bytes},
             {"bytes_declared", from.bytes_declared},
             {"gb_per_s", from.gb_per_s()},
             {"flops", nullptr},
             {"gflop_per_s", nullptr},
             {"bound", nullptr},
             {"samples_ns", samples}});
  if (from.flops) to["flops"] = *from.flops, to["gflop_per_s"] = from.gflop_per_s();
  if (from.bound) to["bound"] = from.bound->is_memory() ? "memory" : "arithmetic";
  return to;
}

nlohmann::json ceilings_of(const bench_device& device) {
  nlohmann::json copies = nlohmann::json::array();
  for (const ceiling& one : device.copies)
    copies.push_back({{"bytes", one.bytes}, {"gb_per_s", one.per_second * 1e-9}, {"by", one.kernel}});
  nlohmann::json to{
      {"device", device.name}, {"driver", device.driver}, {"copy", copies}, {"multiply_add", nullptr}};
  if (device.multiply_adds)
    to["multiply_add"] = {{"type", device.multiply_add_type},
                          {"gflop_per_s", device.multiply_adds->per_second * 1e-9},
                          {"by", device.multiply_adds->kernel}};
  return to;
}

} // namespace

double roof::seconds() const noexcept { return std::max(memory_seconds, arithmetic_seconds.value_or(0)); }

std::string bench_row::name() const { return point.empty() ? kernel : kernel + " " + to_string(point); }

nlohmann::json to_json(const bench_report& report) {
  nlohmann::json rows = nlohmann::json::array(), ceilings = nlohmann::json::array();
  std::vector<std::string> names, drivers;
  for (const bench_row& row : report.rows) rows.push_back(to_json(row, report.devices[row.device]));
  for (const bench_device& device : report.devices) {
    names.push_back(device.name), drivers.push_back(device.driver);
    ceilings.push_back(ceilings_of(device));
  }
  return {{"schema", bench::report_schema},
          {"suite", "kernel"},
          {"device", join(names, ", ")},
          {"driver", join(drivers, ", ")},
          {"file", report.file},
          {"rows", rows},
          {"ceilings", ceilings},
          {"others_cores", report.others},
          {"missing", report.missing}};
}

} // namespace clotho::tool
