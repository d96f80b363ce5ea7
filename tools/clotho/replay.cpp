// SPDX-License-Identifier: Apache-2.0
// clotho replay: a launch that a program has saved, run again.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <string>

#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>
#include <clotho/job/replay.hpp>

#include "command.hpp"
#include "support/diagnostics.hpp"
#include "support/exit_code.hpp"
#include "support/median.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::tool {
namespace {

using std::chrono::nanoseconds;

struct replay_command {
  std::filesystem::path folder;
  std::string selector;
  job::replay_options how;
  bool json = false;
};

std::string distance_text(double value) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 3).ptr};
}

nlohmann::json to_json(const job::expectation_report& one) {
  nlohmann::json document{{"buffer", one.buffer},
                          {"same", one.holds},
                          {"compared", one.compared},
                          {"differing", one.differing},
                          {"first_index", nullptr},
                          {"first_value", nullptr},
                          {"first_captured", nullptr},
                          {"largest_difference", one.largest_difference}};
  if (one.first_index) {
    document["first_index"] = *one.first_index;
    document["first_value"] = one.first_value;
    document["first_captured"] = one.first_expected;
  }
  return document;
}

nlohmann::json to_document(const job::capture& saved, const job::replay_report& report) {
  nlohmann::json times = nlohmann::json::array(), buffers = nlohmann::json::array(), messages = nlohmann::json::array();
  for (const nanoseconds time : report.launches) times.push_back(time.count());
  for (const job::expectation_report& one : report.buffers) buffers.push_back(to_json(one));
  for (const diagnostic& one : report.messages) messages.push_back(tool::to_json(one));
  return {{"schema", "clotho.replay/1"},
          {"capture", saved.folder.string()},
          {"kernel", saved.kernel},
          {"captured_on", {{"device", saved.device}, {"driver", saved.driver}}},
          {"device", report.device},
          {"driver", report.driver},
          {"build_ns", report.build.count()},
          {"kernel_ns", times},
          {"kernel_median_ns", median(report.launches).count()},
          {"device_times", report.device_times},
          {"same", report.same()},
          {"buffers", buffers},
          {"messages", messages}};
}

void print_table(const job::capture& saved, const job::replay_report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const job::expectation_report& one : report.buffers)
    rows.push_back({one.buffer, one.holds ? "the same" : "differs", std::to_string(one.differing),
                    std::to_string(one.compared), one.first_index ? std::to_string(*one.first_index) : "",
                    distance_text(one.largest_difference)});
  const nanoseconds fastest = *std::min_element(report.launches.begin(), report.launches.end());
  print(printable(saved.kernel) + " on " + printable(report.device) + ", captured on " + printable(saved.device) + "\nbuild "
        + job::duration_text(report.build) + ", " + job::count_text(report.launches.size(), "run") + ": median "
        + job::duration_text(median(report.launches)) + ", fastest " + job::duration_text(fastest) + "\n");
  if (!rows.empty())
    tool::print_table({{"buffer"}, {""}, {"differing", true}, {"of", true}, {"first", true}, {"largest difference", true}}, rows);
}

void print_differences(const job::replay_report& report) {
  for (const job::expectation_report& one : report.buffers)
    if (!one.holds) print_error("buffer '" + printable(one.buffer) + "' differs from the capture: " + job::to_string(one));
}

int run(const replay_command& given) {
  const job::capture saved = job::read_capture(given.folder);
  const stdout_guard guard; // Kernels may print: that is no data of ours.
  const context device(select_device(given.selector));
  const job::replay_report report = job::replay(device, saved, given.how);
  for (const diagnostic& message : report.messages) print_plain_to_stderr(excerpt(message, 2));
  if (given.json)
    print_json(to_document(saved, report));
  else
    print_table(saved, report);
  print_differences(report);
  return status(report.same() ? exit_code::ok : exit_code::failed);
}

void add_tolerance(CLI::App& command, const char* name, double& value, const char* help) {
  const auto check = [](const std::string& text) -> std::string {
    double given = 0;
    const bool is_fine = CLI::detail::lexical_cast(text, given) && given >= 0 && std::isfinite(given);
    return is_fine ? "" : "'" + text + "' is no number from 0 on";
  };
  command.add_option(name, value, help)->type_name("NUMBER")->check(check);
}

} // namespace

void add_replay(CLI::App& program, action& chosen) {
  auto given = std::make_shared<replay_command>();
  CLI::App* command = program.add_subcommand("replay", "Run a launch again that a program has saved, and compare");
  command
      ->add_option("folder", given->folder,
                   "a captured launch: CLOTHO_CAPTURE='saxpy,scan*' makes programs save launches of these kernels "
                   "in ./clotho-capture, or in CLOTHO_CAPTURE_DIR")
      ->required()
      ->type_name("DIR");
  add_device_option(*command, given->selector);
  add_tolerance(*command, "--atol", given->how.allowed.absolute, "let elements differ by this much (default: 0)");
  add_tolerance(*command, "--rtol", given->how.allowed.relative, "and by this part of what was captured (default: 0)");
  command->add_option("--repeat", given->how.repeat, "launch N times, each time on the captured inputs; all must be the same")
      ->type_name("N")
      ->check(CLI::Range(1u, 1000000u).description(""));
  add_json_flag(*command, given->json);
  set_examples(*command, {"CLOTHO_CAPTURE=saxpy ./my-program", "clotho replay clotho-capture/saxpy-0001",
                          "clotho replay clotho-capture/saxpy-0001 -d cpu --rtol 1e-5 --repeat 10"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
