// SPDX-License-Identifier: Apache-2.0
#include "run_report.hpp"

#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>

#include "support/diagnostics.hpp"
#include "support/median.hpp"
#include "support/output.hpp"

namespace clotho::tool {
namespace {

using std::chrono::nanoseconds;

double per_nanosecond(double amount, nanoseconds time) {
  return time.count() > 0 ? amount / static_cast<double>(time.count()) : 0;
}

std::string time_text(nanoseconds time) { return time.count() > 0 ? job::duration_text(time) : "-"; }

std::string rate_text(double amount, nanoseconds time) {
  return amount > 0 && time.count() > 0 ? job::three_digits(per_nanosecond(amount, time)) : "-";
}

nlohmann::json count(nanoseconds time) { return time.count(); }

nlohmann::json to_json(const job::step_report& step) {
  nlohmann::json times = nlohmann::json::array(), messages = nlohmann::json::array();
  for (const nanoseconds time : step.launches) times.push_back(count(time));
  for (const diagnostic& message : step.messages) messages.push_back(tool::to_json(message));
  const nanoseconds typical = median(step.launches);
  nlohmann::json document{{"id", step.id},
                          {"kernel", step.kernel},
                          {"file", step.file},
                          {"device", step.device},
                          {"split", step.split},
                          {"cached", step.cached},
                          {"build_ns", count(step.build)},
                          {"upload_ns", count(step.upload)},
                          {"upload_bytes", step.upload_bytes},
                          {"kernel_ns", times},
                          {"kernel_median_ns", count(typical)},
                          {"device_times", step.device_times},
                          {"kernel_bytes", step.kernel_bytes},
                          {"bytes_declared", step.bytes_declared},
                          {"gb_per_s", per_nanosecond(static_cast<double>(step.kernel_bytes), typical)},
                          {"flops", nullptr},
                          {"gflop_per_s", nullptr},
                          {"download_ns", count(step.download)},
                          {"download_bytes", step.download_bytes},
                          {"messages", messages}};
  if (step.flops) {
    document["flops"] = *step.flops;
    document["gflop_per_s"] = per_nanosecond(*step.flops, typical);
  }
  return document;
}

nlohmann::json to_json(const job::expectation_report& wanted) {
  nlohmann::json document{{"buffer", wanted.buffer},
                          {"expected", wanted.expected},
                          {"holds", wanted.holds},
                          {"compared", wanted.compared},
                          {"differing", wanted.differing},
                          {"first_index", nullptr},
                          {"first_value", nullptr},
                          {"first_expected", nullptr},
                          {"largest_difference", wanted.largest_difference},
                          {"problem", nullptr}};
  if (wanted.first_index) {
    document["first_index"] = *wanted.first_index;
    document["first_value"] = wanted.first_value;
    document["first_expected"] = wanted.first_expected;
  }
  if (!wanted.problem.empty()) document["problem"] = wanted.problem;
  return document;
}

std::vector<std::string> row_of(const job::step_report& step) {
  const nanoseconds typical = median(step.launches);
  return {step.id,
          step.kernel,
          time_text(step.build) + (step.cached && step.build.count() > 0 ? " (cached)" : ""),
          time_text(step.upload),
          time_text(typical),
          std::to_string(step.launches.size()),
          time_text(step.download),
          rate_text(static_cast<double>(step.kernel_bytes), typical),
          rate_text(step.flops.value_or(0), typical)};
}

} // namespace

nlohmann::json to_json(const job::run_report& report) {
  nlohmann::json steps = nlohmann::json::array(), expectations = nlohmann::json::array(),
                 written = nlohmann::json::array();
  for (const job::step_report& step : report.steps) steps.push_back(to_json(step));
  for (const job::expectation_report& wanted : report.expectations) expectations.push_back(to_json(wanted));
  for (const std::filesystem::path& path : report.written) written.push_back(path.string());
  nlohmann::json devices = nlohmann::json::array();
  for (const auto& device : report.devices) devices.push_back({{"name", device.name}, {"driver", device.driver}});
  return {{"schema", "clotho.run/1"},
          {"device", report.devices.front().name},
          {"driver", report.devices.front().driver},
          {"devices", devices},
          {"steps", steps},
          {"expectations", expectations},
          {"written", written},
          {"total_ns", count(report.total)}};
}

void print_steps(const job::run_report& report, int descriptor) {
  std::vector<std::vector<std::string>> rows;
  for (const job::step_report& step : report.steps) rows.push_back(row_of(step));
  std::vector<column> columns{{"step"},           {"kernel"},         {"build", true}, {"upload", true},  {"time", true},
                              {"launches", true}, {"download", true}, {"GB/s", true},  {"GFLOP/s", true}};
  if (report.devices.size() > 1) {
    columns.push_back({"device", true});
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i].push_back(report.steps[i].split ? "all" : std::to_string(report.steps[i].device));
  }
  print_table(columns, rows, descriptor);
}

void print_expectations(const job::run_report& report, bool quiet) {
  for (const job::expectation_report& wanted : report.expectations) {
    const std::string text =
        printable(wanted.buffer + " = " + wanted.expected + ": " + job::to_string(wanted));
    if (!wanted.holds)
      print_error("expectation failed: " + text);
    else if (!quiet)
      print_note("expectation " + text);
  }
}

} // namespace clotho::tool
