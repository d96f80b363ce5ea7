// SPDX-License-Identifier: Apache-2.0
// clotho tune: which macros make a kernel fast on a device.
#include <algorithm>
#include <chrono>
#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/tuning_store.hpp>

#include "command.hpp"
#include "interrupt.hpp"
#include "kernel_options.hpp"
#include "kernel_trials.hpp"
#include "progress_bar.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"
#include "tune_command.hpp"
#include "tune_primitives.hpp"
#include "tune_report.hpp"

namespace clotho::tool {
namespace {

// What decides whether former outcomes are of use: the data, and how the kernel is built and launched.
std::string values_of(const kernel_options& given) {
  std::vector<std::string> all = given.values;
  std::sort(all.begin(), all.end());
  for (const std::string& define : given.defines) all.push_back("-D" + define);
  for (const std::string& text : {given.global, given.local, given.offset, given.standard, given.options})
    all.push_back("|" + text);
  all.insert(all.end(), given.expect.begin(), given.expect.end());
  return join(all, " ");
}

bench_options measuring_of(const tune_command& given, const std::atomic<bool>& stop) {
  bench_options measuring;
  measuring.use_cache = !given.no_cache;
  measuring.stop = &stop;
  if (given.build_timeout > 0)
    measuring.build_timeout = std::chrono::milliseconds(static_cast<long long>(given.build_timeout * 1000));
  return measuring;
}

nlohmann::json document_of(const tune_plan& plan, const tune_report& report, const device_info& device) {
  nlohmann::json document{{"schema", "clotho.tune/1"},
                          {"kernel", plan.kernel},
                          {"device", device.name},
                          {"driver", device.driver_version}};
  document.update(report.to_json());
  return document;
}

int tune_kernel(const tune_command& given) {
  const target_name target = split_target(given.kernel.target);
  if (is_pipeline(target.file))
    throw argument_error("'" + target.file.string() + "' is a pipeline; clotho tune takes kernel files");
  const job::bare_kernel what = make_bare_kernel(given.kernel, target);
  const tune_plan plan = plan_tuning(what, given.parameters);
  const std::unique_ptr<job::search> order = search_of(given, plan.space);
  const std::string name = job::tuning_name(what.file, plan.kernel, what.include_folders);

  const interrupt_request interrupt;
  const stdout_guard guard; // Kernels may print: that is no data of ours.
  progress_bar bar;
  const tuner_options options = options_of(given, bar, plan.space);
  const runtime rt(measuring_runtime(given.selector, !given.no_cache));
  const device_info& device = rt.devices()[0].info();
  tune_log log;
  if (!given.log.empty())
    log = tune_log(given.log, {name, device.name, device.driver_version, values_of(given.kernel)});
  const bench_options measuring = measuring_of(given, interrupt.flag());
  kernel_trials trials(rt, what, measuring, given.allowed);
  const tune_result result = tuner(trials, options, log).run(plan.space, *order, plan.standard);
  const tune_report report(plan.space, result);
  if (given.json)
    print_json(document_of(plan, report, device));
  else
    report.print();
  if (!result.best) {
    print_error("no choice counts");
    return status(exit_code::failed);
  }
  if (given.no_save) return status(exit_code::ok);
  const job::tuning_store store = job::tuning_store::of_user();
  store.save(device, name, result.candidates[*result.best].choice);
  print_note("saved in '" + store.file_for(device).string()
             + "'; clotho run --tuned and clotho bench --tuned use it");
  return status(exit_code::ok);
}

int run(const tune_command& given) {
  const bool of_library = !given.primitives.empty();
  if (given.kernel.target.empty() != of_library)
    throw argument_error("name a kernel file, or primitives with --primitive scan,sort or --primitive all");
  if (of_library) return tune_primitives(given);
  if (!given.types.empty() || !given.sizes.empty())
    throw argument_error("--type and --size are of primitives; the values say what a kernel is tuned for");
  return tune_kernel(given);
}

void add_primitives(CLI::App& command, tune_command& given) {
  command
      .add_option("--primitive", given.primitives,
                  "instead of a file: clotho's own, scan,sort,... or all of them")
      ->type_name("NAME,NAME")
      ->allow_extra_args(false)
      ->delimiter(',');
  command
      .add_option("--type", given.types, "the elements to tune primitives for: u32,f32 (default: f32 or u32)")
      ->type_name("TYPE,TYPE")
      ->allow_extra_args(false)
      ->delimiter(',');
  command
      .add_option("--size", given.sizes, "how many elements they have; of matrices the side; all count alike")
      ->type_name("N,N")
      ->allow_extra_args(false)
      ->delimiter(',');
}

void add_tolerances(CLI::App& command, tune_command& given) {
  const auto limit = CLI::Range(0.0, 1e30).description("");
  command
      .add_option("--atol", given.allowed.absolute,
                  "let floating-point results differ from the default's by this much")
      ->type_name("A")
      ->check(limit);
  command.add_option("--rtol", given.allowed.relative, "and by this part of them (default: 1e-5)")
      ->type_name("R")
      ->check(limit);
}

} // namespace

void add_tune(CLI::App& program, action& chosen) {
  auto given = std::make_shared<tune_command>();
  CLI::App* command = program.add_subcommand(
      "tune", "Find the numbers that make a kernel, or clotho's primitives, fast, and remember them");
  command->add_option("file", given->kernel.target, "a kernel file whose front matter has `tune`")
      ->type_name("FILE.cl[:KERNEL]");
  add_primitives(*command, *given);
  add_values(*command, given->kernel);
  add_kernel_options(*command, given->kernel);
  command
      ->add_option("--param", given->parameters,
                   "what a macro or number may be, instead of what the front matter or clotho says")
      ->type_name("NAME=N,N,...")
      ->allow_extra_args(false);
  command
      ->add_option("--strategy", given->strategy,
                   "exhaustive, random or local (default: exhaustive up to 200 choices and for kernels with "
                   "a budget, else local)")
      ->type_name("WORD");
  command->add_option("--budget", given->budget, "time, or how many choices: 30s, 5m, 100")
      ->type_name("AMOUNT");
  command->add_option("--seed", given->seed, "of random and local (default: 1)")->type_name("N");
  command->add_option("--seconds", given->seconds, "time to measure each choice, at most (default: 0.2)")
      ->type_name("S")
      ->check(CLI::Range(0.001, 3600.0).description(""));
  add_expect_option(*command, given->kernel);
  add_tolerances(*command, *given);
  command->add_option("--log", given->log, "a line for each choice; another run goes on from there")
      ->type_name("FILE");
  add_device_option(*command, given->selector);
  command->add_flag("--no-save", given->no_save, "do not remember the best");
  command->add_flag("--no-cache", given->no_cache, "compile, whatever is in clotho's cache");
  command->add_option("--build-timeout", given->build_timeout, "give up compiling a choice after this")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 1e6).description(""));
  add_json_flag(*command, given->json);
  set_examples(*command, {"clotho tune transpose.cl",
                          "clotho tune gemm.cl n=1024 --strategy local --budget 5m --log gemm.log",
                          "clotho run transpose.cl --tuned", "clotho tune --primitive scan,sort --type u32",
                          "clotho tune --primitive all --budget 1m --log all.log"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
