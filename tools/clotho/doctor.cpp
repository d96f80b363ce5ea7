// SPDX-License-Identifier: Apache-2.0
// clotho doctor: does OpenCL work here, and if not, why not. This process never calls OpenCL: whatever
// touches a driver runs in a process of its own (doctor_probe.cpp), so that a driver which crashes or hangs
// is a finding.
#include <algorithm>
#include <memory>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/selector.hpp>

#include "command.hpp"
#include "doctor_examine.hpp"
#include "doctor_icd.hpp"
#include "doctor_machine.hpp"
#include "support/device_json.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"

namespace clotho::tool {
namespace {

using nlohmann::json;

struct doctor_options {
  std::string selector;
  double timeout_seconds = 60;
  bool json = false;
  [[nodiscard]] std::chrono::milliseconds patience() const {
    return std::chrono::milliseconds(static_cast<std::int64_t>(timeout_seconds * 1000));
  }
};

struct examined_driver {
  icd what;
  driver_report report;
};

struct examined_device {
  device_info info;
  std::string selector;
  std::size_t driver = 0;   ///< in diagnosis::drivers
  std::size_t position = 0; ///< in that driver's list
  std::vector<check_report> checks;
  [[nodiscard]] bool healthy() const {
    return std::none_of(checks.begin(), checks.end(), [](const auto& c) { return c.result == "failed"; });
  }
};

struct diagnosis {
  std::vector<machine_fact> facts;
  std::vector<std::pair<std::string, std::string>> environment;
  icd_list place;
  std::vector<examined_driver> drivers;
  driver_report together; ///< all drivers in one process, as every other program sees them
  std::vector<examined_device> devices;
};

// People watch the report grow; a program gets one document at the end.
class reporter {
 public:
  explicit reporter(bool silent) : silent_(silent) {}

  void line(const std::string& name, const std::string& text) const {
    std::string label = name;
    label.resize(std::max<std::size_t>(label.size(), 14), ' ');
    write(paint(style::bold, label, 1) + " " + printable(text) + "\n");
  }

  void verdict(const std::string& result, const std::string& name, const std::string& text) const {
    const style how = result == "failed" ? style::red : result == "passed" ? style::green : style::yellow;
    const char* const word = result == "failed"   ? "FAIL"
                             : result == "passed" ? "ok  "
                             : result == "note"   ? "note"
                                                  : "skip";
    std::string label = name;
    if (!text.empty()) label.resize(std::max<std::size_t>(label.size(), 14), ' ');
    write("  " + paint(how, word, 1) + "  " + label + (text.empty() ? "" : "  " + printable(text)) + "\n");
  }

 private:
  void write(const std::string& text) const {
    if (!silent_) print(text);
  }
  bool silent_;
};

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// A driver without devices is none of the user's concern; one that answers with an error is.
bool is_sick(const platform_problem& problem) { return problem.what.find(": CL_") != std::string::npos; }

std::string to_text(const platform_problem& problem) {
  return problem.platform + (problem.platform.empty() ? "" : ": ") + problem.what;
}

// What is wrong with a driver, and what to do about it; empty when nothing is.
std::string driver_problem(const examined_driver& driver) {
  const std::string where = driver.what.file.empty() ? driver.what.library : driver.what.file.string();
  if (!driver.what.problem.empty()) return driver.what.problem + "; reinstall the driver, or remove " + where;
  if (!driver.report.death.empty())
    return driver.report.death
           + "; every OpenCL program here may die of it: update or reinstall the driver, or remove " + where;
  if (!driver.report.library_problem.empty())
    return driver.report.library_problem + "; reinstall the driver, or remove " + where;
  for (const platform_problem& problem : driver.report.problems)
    if (is_sick(problem))
      return to_text(problem)
             + "; check that its hardware and kernel module work, update the driver, or remove " + where;
  return "";
}

void examine_drivers(diagnosis& findings, const reporter& to, std::chrono::milliseconds patience) {
  findings.place = find_icds();
  to.line("drivers", findings.place.place);
  if (!findings.place.problem.empty()) to.verdict("failed", "none", findings.place.problem);
  for (const icd& what : findings.place.drivers) {
    examined_driver driver{what, {}};
    if (what.problem.empty()) driver.report = examine_driver(&what, patience);
    const std::string problem = driver_problem(driver);
    if (!problem.empty()) {
      to.verdict("failed", short_name(what), problem);
    } else {
      const auto& found = driver.report;
      to.verdict(found.devices.empty() ? "note" : "passed", short_name(what),
                 what.library + ": " + count_of(found.devices.size(), "device"));
      for (const platform_problem& note : found.problems) to.verdict("note", short_name(what), to_text(note));
    }
    findings.drivers.push_back(std::move(driver));
  }
  if (findings.drivers.size() < 2) return;
  findings.together = examine_driver(nullptr, patience);
  const auto& together = findings.together;
  if (together.failed())
    to.verdict("failed", "all together",
               together.death
                   + "; this is what every OpenCL program here meets: remove a "
                     "driver that failed, or name one folder in OCL_ICD_VENDORS");
  else
    to.verdict("passed", "all together", count_of(together.devices.size(), "device"));
}

// The devices of all drivers in one list, as a selector sees them; those that were asked for.
void choose_devices(diagnosis& findings, const std::string& selector) {
  std::vector<device_info> infos;
  std::vector<examined_device> all;
  for (std::size_t d = 0; d < findings.drivers.size(); ++d) {
    const auto& devices = findings.drivers[d].report.devices;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      infos.push_back(devices[i]);
      // Platforms were counted for each driver alone.
      infos.back().platform_index += d * 1000;
      all.push_back({infos.back(), "", d, i, {}});
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) all[i].selector = canonical_selector(i, infos);
  if (selector.empty()) {
    findings.devices = std::move(all);
    return;
  }
  for (const std::size_t i : select(selector, infos)) findings.devices.push_back(all[i]);
}

void examine_devices(diagnosis& findings, const reporter& to, std::chrono::milliseconds patience) {
  for (examined_device& target : findings.devices) {
    to.line(target.selector, target.info.name + ", driver " + target.info.driver_version);
    target.checks = examine_device(findings.drivers[target.driver].what, target.position, patience);
    for (const check_report& check : target.checks) {
      std::string text = check.text;
      if (check.milliseconds > 0)
        text =
            std::to_string(static_cast<long>(check.milliseconds)) + " ms" + (text.empty() ? "" : "  " + text);
      to.verdict(check.result, check.name, text);
    }
  }
}

bool anything_failed(const diagnosis& findings) {
  return findings.together.failed()
         || std::any_of(findings.drivers.begin(), findings.drivers.end(),
                        [](const auto& d) { return !driver_problem(d).empty(); })
         || std::any_of(findings.devices.begin(), findings.devices.end(),
                        [](const auto& d) { return !d.healthy(); });
}

// One good device is enough to work with, as long as a program that meets all drivers at once survives them.
exit_code verdict_of(const diagnosis& findings) {
  const bool one_is_good = std::any_of(findings.devices.begin(), findings.devices.end(),
                                       [](const auto& d) { return d.healthy(); });
  if (one_is_good && !findings.together.failed()) return exit_code::ok;
  return anything_failed(findings) ? exit_code::failed : exit_code::no_device;
}

void conclude(const diagnosis& findings, const reporter& to, exit_code verdict) {
  const auto healthy = static_cast<std::size_t>(std::count_if(
      findings.devices.begin(), findings.devices.end(), [](const auto& d) { return d.healthy(); }));
  if (!findings.devices.empty())
    to.line("verdict", std::to_string(healthy) + " of " + count_of(findings.devices.size(), "device")
                           + " passed every check"
                           + (anything_failed(findings) ? "; see what failed above" : ""));
  if (verdict == exit_code::no_device)
    print_error(
        "no OpenCL device was found; install a driver, on Debian: apt-get install pocl-opencl-icd (CPU), "
        "or the package of your GPU's vendor; Mesa's rusticl needs RUSTICL_ENABLE=llvmpipe or radeonsi");
  else if (verdict == exit_code::failed)
    print_error("something failed; the lines marked FAIL say what to do");
}

json to_json(const examined_driver& driver) {
  const std::string problem = driver_problem(driver);
  return {{"file", driver.what.file.string()},
          {"library", driver.what.library},
          {"ok", problem.empty()},
          {"problem", problem.empty() ? json() : json(problem)},
          {"devices", driver.report.devices.size()},
          {"notes", driver.report.problems}};
}

json to_json(const examined_device& target) {
  json checks = json::array();
  for (const check_report& check : target.checks)
    checks.push_back({{"name", check.name},
                      {"result", check.result},
                      {"text", check.text},
                      {"milliseconds", check.milliseconds}});
  return {{"selector", target.selector}, {"info", target.info}, {"ok", target.healthy()}, {"checks", checks}};
}

json to_document(const diagnosis& findings, exit_code verdict) {
  json machine = json::array(), variables = json::object(), drivers = json::array(), devices = json::array();
  for (const auto& fact : findings.facts)
    machine.push_back({{"name", fact.name},
                       {"text", fact.text},
                       {"problem", fact.problem.empty() ? json() : json(fact.problem)}});
  for (const auto& [name, value] : findings.environment) variables[name] = value;
  for (const auto& driver : findings.drivers) drivers.push_back(to_json(driver));
  for (const auto& target : findings.devices) devices.push_back(to_json(target));
  const std::string& crash = findings.together.death;
  return {{"schema", "clotho.doctor/1"},
          {"ok", verdict == exit_code::ok},
          {"machine", machine},
          {"environment", variables},
          {"drivers_from", findings.place.place},
          {"drivers", drivers},
          {"drivers_together", crash.empty() ? json() : json(crash)},
          {"devices", devices}};
}

int run(const doctor_options& given) {
  if (!(given.timeout_seconds > 0 && given.timeout_seconds < 1e6))
    throw argument_error("--timeout takes a number of seconds above 0");
  (void)selector::parse(given.selector); // Before minutes are spent.
  const reporter to(given.json);
  diagnosis findings;
  findings.facts = machine_facts();
  findings.environment = relevant_environment();
  for (const machine_fact& fact : findings.facts) {
    to.line(fact.name, fact.text);
    if (!fact.problem.empty()) to.verdict("failed", fact.name, fact.problem);
  }
  for (const auto& [name, value] : findings.environment) to.line("environment", name + "=" + value);
  examine_drivers(findings, to, given.patience());
  choose_devices(findings, given.selector);
  examine_devices(findings, to, given.patience());
  const exit_code verdict = verdict_of(findings);
  conclude(findings, to, verdict);
  if (given.json) print_json(to_document(findings, verdict));
  return status(verdict);
}

} // namespace

void add_doctor(CLI::App& program, action& chosen) {
  auto given = std::make_shared<doctor_options>();
  CLI::App* command = program.add_subcommand(
      "doctor",
      "Find out whether OpenCL works here, and why not. Exit status: 0 when a device passes every check, 1 "
      "when something failed, 4 without a device");
  command->add_option("-d,--device", given->selector, "check these devices only (default: all)")
      ->type_name("SELECTOR");
  command
      ->add_option("--timeout", given->timeout_seconds, "how long one step may take before it counts as hung")
      ->type_name("SECONDS")
      ->capture_default_str();
  add_json_flag(*command, given->json);
  set_examples(*command, {"clotho doctor", "clotho doctor -d gpu --timeout 20", "clotho doctor --json"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
