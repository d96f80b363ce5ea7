// SPDX-License-Identifier: Apache-2.0
// The command `clotho-bench`: clotho and its peers, measured in turn.
#include <algorithm>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/version.hpp>

#include "chart.hpp"
#include "suite.hpp"
#include "support/failure.hpp"
#include "support/machine_load.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::bench {
namespace {

struct suite {
  std::string name, about;
  report (*run)(const suite_options&);
};

const std::vector<suite>& suites() {
  static const std::vector<suite> all = {
      {"algo", "primitives, beside native code, oneTBB, OpenBLAS, FFTW, Boost.Compute, ...", run_algo},
      {"flow", "tasks and kernels in the order of their data, beside StarPU and the C API", run_flow},
      {"launch", "what one launch costs, beside the C API, its C++ bindings and PyOpenCL", run_launch},
      {"sched", "what work on the host costs, beside oneTBB and what is written by hand", run_sched},
      {"start", "whole processes and program loads, beside small raw C programs", run_start}};
  return all;
}

const suite& find_suite(const std::string& name) {
  std::vector<std::string> names;
  for (const suite& s : suites()) {
    if (s.name == name) return s;
    names.push_back(s.name);
  }
  const auto near = did_you_mean(name, names);
  throw argument_error((name.empty() ? "name a suite" : "there is no suite '" + printable(name) + "'")
                       + (near ? "; did you mean '" + *near + "'?" : "; there are " + join(names, ", ")));
}

int list_suites() {
  std::vector<std::vector<std::string>> rows;
  for (const suite& s : suites()) rows.push_back({s.name, s.about});
  tool::print_table({{"SUITE"}, {"WHAT IT MEASURES"}}, rows);
  return 0;
}

int run_suite(const std::string& name, const suite_options& options, bool json) {
  const suite& chosen = find_suite(name);
  const tool::stdout_guard guard;
  const load_meter load;
  const report found = chosen.run(options);
  char note[96];
  std::snprintf(note, sizeof note, "other processes used %.2f cores during the suite%s", load.others(),
                load.others() > quiet_cores ? ": expect noise, and look at MIN and AHEAD" : "");
  if (!options.here) tool::print_note(note);
  json ? tool::print_json(to_json(found)) : print_report(found);
  return 0;
}

int run(int argc, char** argv) {
  CLI::App program("Measures clotho beside its peers, in turn, on the same device.", "clotho-bench");
  std::string name;
  suite_options options;
  std::vector<std::string> sample;
  bool json = false, list = false;
  program.set_version_flag("--version", std::string("clotho-bench ") + version_string);
  program.add_option("suite", name, "what to measure; see --list")->type_name("SUITE");
  tool::add_device_option(program, options.selector);
  program.add_option("--seconds", options.seconds, "time for each case")
      ->type_name("S")
      ->check(CLI::Range(0.001, 3600.0));
  program.add_option("--only", options.only, "cases that begin so, as in sort,scan (algo)")
      ->delimiter(',')
      ->type_name("CASE,...");
  program
      .add_option("--peers", options.peers, "peers whose names have this in them, as in native,tbb (algo)")
      ->delimiter(',')
      ->type_name("PEER,...");
  program.add_flag("--tiny", options.tiny, "cases so small that times say nothing: does it all work? (algo)");
  tool::add_json_flag(program, json);
  program.add_flag("--list", list, "the suites there are");
  program.add_flag("--here", options.here)->group("");
  program.add_option("--sample", sample)->expected(2)->group("");
  chart_options chart;
  CLI::App& chart_command =
      *program.add_subcommand("chart", "a table and a picture of what the suite algo found");
  chart_command.add_option("RESULT.json", chart.results, "what --json printed")->required()->type_name("");
  chart_command.add_option("--svg", chart.svg, "write the picture there")->type_name("FILE");
  chart_command.add_option("--part", chart.part, "of the results: basic or default; the first there is")
      ->type_name("PART");
  chart_command.add_flag("--table", chart.table, "print the table, in Markdown; done without --svg anyway");
  tool::set_examples(program, {"clotho-bench launch", "clotho-bench launch -d gpu --json",
                               "clotho-bench algo --only sort,scan --json > RESULT.json",
                               "clotho-bench chart RESULT.json --svg algo.svg --table", "clotho-bench flow",
                               "clotho-bench sched", "clotho-bench start"});
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    tool::print(program.help());
    return 0;
  } catch (const CLI::CallForVersion& version) {
    tool::print(std::string(version.what()) + "\n");
    return 0;
  } catch (const CLI::ParseError& failure) {
    throw argument_error(std::string(failure.what()) + "\nTry 'clotho-bench --help'.");
  }
  if (chart_command.parsed()) return run_chart(chart);
  if (!sample.empty()) return run_sample(sample[0], sample[1]);
  if (list) return list_suites();
  return run_suite(name, options, json);
}

} // namespace
} // namespace clotho::bench

int main(int argc, char** argv) {
  clotho::tool::prepare_standard_streams();
  return clotho::tool::run_guarded([&] { return clotho::bench::run(argc, argv); });
}
