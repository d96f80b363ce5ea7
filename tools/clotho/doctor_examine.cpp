// SPDX-License-Identifier: Apache-2.0
#include "doctor_examine.hpp"

#include <filesystem>

#include <nlohmann/json.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/process.hpp>

#include "support/device_json.hpp"

namespace clotho::tool {
namespace {

using job::child_process;
using nlohmann::json;

// After so many time-outs a device gets no further chance: nobody waits that long.
constexpr int most_timeouts = 2;

job::process_command probe_command(const icd_folder* folder, std::vector<std::string> arguments) {
  std::error_code ignored;
  std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (ignored) self = "clotho";
  job::process_command command;
  command.arguments = {self.string(), "__probe"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  if (folder)
    command.environment = {{"OCL_ICD_VENDORS", folder->path().string()},
                           {"OPENCL_VENDOR_PATH", std::nullopt},
                           {"OCL_ICD_FILENAMES", std::nullopt}};
  return command;
}

std::string last_line(const std::string& text) {
  const std::string_view all = trim(text);
  const std::size_t end = all.rfind('\n');
  return printable(trim(end == std::string_view::npos ? all : all.substr(end + 1)));
}

// A running probe: its messages one by one, and how it ended.
class probe {
 public:
  probe(const job::process_command& command, std::chrono::milliseconds patience)
      : child_(command), patience_(patience) {}

  // Empty when there are no more.
  std::optional<json> next() {
    while (const auto line = child_.read_line(child_process::clock::now() + patience_)) {
      json message = json::parse(*line, nullptr, false);
      if (!message.is_object()) continue; // Not ours: a driver that found the pipe.
      if (!message.contains("begin")) return message;
      step_ = message["begin"].get<std::string>();
      in_check_ = message.contains("check");
    }
    return std::nullopt;
  }

  // "killed by SIGSEGV", "did not end within 60 s"; empty when all went well. Call once, at the end.
  std::string death() {
    if (child_.timed_out()) child_.kill();
    const auto result = child_.wait(child_process::clock::now() + patience_);
    last_words_ = last_line(result.errors);
    timed_out_ = result.timed_out;
    if (timed_out_) return "did not end within " + std::to_string(patience_.count()) + " ms";
    return result.succeeded() ? "" : describe(result);
  }

  [[nodiscard]] const std::string& step() const noexcept { return step_; }
  // The step is one of the checks: a fresh process can go on behind it.
  [[nodiscard]] bool in_check() const noexcept { return in_check_; }
  [[nodiscard]] const std::string& last_words() const noexcept { return last_words_; }
  [[nodiscard]] bool timed_out() const noexcept { return timed_out_; }

 private:
  child_process child_;
  std::chrono::milliseconds patience_;
  std::string step_ = "starting", last_words_;
  bool in_check_ = false, timed_out_ = false;
};

std::string death_text(const std::string& death, const probe& process) {
  std::string text =
      death + (process.in_check() ? " during '" + process.step() + "'" : " while " + process.step());
  if (!process.timed_out() && !process.last_words().empty())
    text += "; its last words: " + process.last_words();
  return text;
}

void add_report(std::vector<check_report>& reports, const json& message) {
  reports.push_back({message.at("end"), message.at("result"), message.at("text"), message.at("ms")});
}

} // namespace

driver_report examine_driver(const icd* driver, std::chrono::milliseconds patience) {
  std::optional<icd_folder> folder;
  std::vector<std::string> arguments;
  if (driver) folder.emplace(*driver), arguments = {"--library", driver->library};
  probe process(probe_command(folder ? &*folder : nullptr, arguments), patience);
  driver_report report;
  while (const auto message = process.next()) {
    if (message->contains("library_problem")) report.library_problem = message->at("library_problem");
    if (message->contains("devices")) {
      message->at("devices").get_to(report.devices);
      message->at("problems").get_to(report.problems);
    }
  }
  if (std::string death = process.death(); !death.empty()) {
    report.death = death_text(death, process);
  }
  return report;
}

std::vector<check_report> examine_device(const icd& driver, std::size_t position,
                                         std::chrono::milliseconds patience) {
  const icd_folder folder(driver);
  std::vector<check_report> reports;
  for (int timeouts = 0;;) {
    std::vector<std::string> arguments{"--check", std::to_string(position), "--patience",
                                       std::to_string(static_cast<double>(patience.count()) / 1000)};
    for (const check_report& done : reports) arguments.insert(arguments.end(), {"--done", done.name});
    probe process(probe_command(&folder, arguments), patience);
    while (const auto message = process.next())
      if (message->contains("end")) add_report(reports, *message);
    const std::string death = process.death();
    if (death.empty()) return reports;
    reports.push_back({process.step(), "failed", death_text(death, process), 0});
    if (!process.in_check()) return reports; // A fresh process would do the same.
    if (process.timed_out() && ++timeouts >= most_timeouts) {
      reports.push_back({"the rest", "skipped", "two checks did not end in time", 0});
      return reports;
    }
  }
}

} // namespace clotho::tool
