// SPDX-License-Identifier: Apache-2.0
// clotho tune: which macros make a kernel fast on a device.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>
#include <clotho/job/tuning_store.hpp>

#include "command.hpp"
#include "interrupt.hpp"
#include "kernel_options.hpp"
#include "progress_bar.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"
#include "tune_options.hpp"
#include "tuner.hpp"

namespace clotho::tool {
namespace {

constexpr std::size_t shown_candidates = 10;

struct tune_command {
  kernel_options kernel;
  std::string selector, strategy, budget;
  std::vector<std::string> parameters;
  std::filesystem::path log;
  std::uint64_t seed = 1;
  double seconds = 0.2, build_timeout = 0;
  job::tolerance allowed{0, 1e-5};
  bool no_save = false, no_cache = false, json = false;
};

// A search that looks at everything is best while that is affordable.
std::string strategy_of(const tune_command& given, const job::tuning_space& space) {
  constexpr std::size_t affordable = 200;
  if (!given.strategy.empty()) return given.strategy;
  return space.size() <= affordable || !given.budget.empty() ? "exhaustive" : "local";
}

tuner_options options_of(const tune_command& given, const interrupt_request& interrupt, progress_bar& bar,
                         const job::tuning_space& space) {
  tuner_options options;
  options.measuring.limits.seconds = given.seconds;
  options.measuring.use_cache = !given.no_cache;
  options.measuring.stop = &interrupt.flag();
  if (given.build_timeout > 0)
    options.measuring.build_timeout =
        std::chrono::milliseconds(static_cast<long long>(given.build_timeout * 1000));
  options.allowed = given.allowed;
  if (!given.budget.empty()) {
    const tune_budget budget = parse_budget(given.budget);
    options.most_choices = budget.choices, options.most_seconds = budget.seconds;
  }
  const std::size_t all = std::min(space.size(), options.most_choices.value_or(space.size()));
  options.progress = [&bar, all](std::size_t tried, const job::tuning_choice& next) {
    bar.show(tried, all, job::to_string(next));
  };
  return options;
}

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

std::string time_text(double seconds) {
  return job::duration_text(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

double uncertainty(const tune_outcome& outcome) {
  return std::max(outcome.likely.high - outcome.seconds, outcome.seconds - outcome.likely.low)
         / outcome.seconds;
}

class tune_report {
 public:
  tune_report(const tune_plan& plan, const tune_result& result, const device_info& device)
      : plan_(plan), result_(result), device_(device) {
    for (std::size_t i = 0; i < result.candidates.size(); ++i) order_.push_back(i);
    // The best that was measured again, then by time; what was refused in the order it was tried.
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  }

  void print() const {
    std::vector<std::vector<std::string>> rows;
    for (const std::size_t i : order_) {
      const candidate& one = result_.candidates[i];
      if (one.outcome.counts() && (rows.size() < shown_candidates || one.is_default))
        rows.push_back(row_of(one));
    }
    print_table({{"choice"}, {"median", true}, {"+- 95%", true}, {"launches", true}, {"speed", true}, {""}},
                rows);
    print_refusals();
    const std::size_t refused = count_refused();
    print_note(job::count_text(result_.candidates.size(), "choice") + " tried of "
               + std::to_string(plan_.space.size())
               + (plan_.space.unrestricted() != plan_.space.size()
                      ? " that restrictions leave of " + std::to_string(plan_.space.unrestricted())
                      : std::string())
               + ", " + std::to_string(refused) + " refused");
  }

  [[nodiscard]] nlohmann::json to_json() const {
    nlohmann::json all = nlohmann::json::array();
    for (const candidate& one : result_.candidates) all.push_back(to_json(one));
    return {
        {"schema", "clotho.tune/1"},
        {"kernel", plan_.kernel},
        {"device", device_.name},
        {"driver", device_.driver_version},
        {"space", plan_.space.size()},
        {"unrestricted", plan_.space.unrestricted()},
        {"complete", result_.is_complete},
        {"candidates", all},
        {"best", result_.best ? tool::to_json(result_.candidates[*result_.best].choice) : nlohmann::json()}};
  }

 private:
  [[nodiscard]] double rank(std::size_t i) const {
    if (i == result_.best) return 0;
    const tune_outcome& outcome = result_.candidates[i].outcome;
    return outcome.counts() ? outcome.seconds : HUGE_VAL;
  }

  [[nodiscard]] double speed(const tune_outcome& outcome) const {
    const tune_outcome& standard = result_.candidates[0].outcome;
    return standard.counts() ? standard.seconds / outcome.seconds : 0;
  }

  [[nodiscard]] std::vector<std::string> row_of(const candidate& one) const {
    return {job::to_string(one.choice),
            time_text(one.outcome.seconds),
            job::percent_text(uncertainty(one.outcome)),
            std::to_string(one.outcome.launches),
            result_.candidates[0].outcome.counts() ? job::three_digits(speed(one.outcome)) + "x" : "-",
            one.is_default ? "default" : ""};
  }

  [[nodiscard]] std::size_t count_refused() const {
    return static_cast<std::size_t>(
        std::count_if(result_.candidates.begin(), result_.candidates.end(),
                      [](const candidate& one) { return !one.outcome.counts(); }));
  }

  void print_refusals() const {
    std::size_t told = 0;
    for (const candidate& one : result_.candidates) {
      if (one.outcome.counts()) continue;
      if (told++ == shown_candidates) return print_note("more were refused; --json or --log tell all");
      print_note("refused " + job::to_string(one.choice) + ": " + one.outcome.refusal);
    }
  }

  [[nodiscard]] nlohmann::json to_json(const candidate& one) const {
    nlohmann::json to{
        {"choice", tool::to_json(one.choice)}, {"default", one.is_default}, {"refused", nullptr}};
    if (one.outcome.counts())
      to.update({{"median_ns", one.outcome.seconds * 1e9},
                 {"low_ns", one.outcome.likely.low * 1e9},
                 {"high_ns", one.outcome.likely.high * 1e9},
                 {"launches", one.outcome.launches},
                 {"speed", speed(one.outcome)}});
    else
      to["refused"] = one.outcome.refusal;
    return to;
  }

  const tune_plan& plan_;
  const tune_result& result_;
  const device_info& device_;
  std::vector<std::size_t> order_;
};

int run(const tune_command& given) {
  const target_name target = split_target(given.kernel.target);
  if (is_pipeline(target.file))
    throw argument_error("'" + target.file.string() + "' is a pipeline; clotho tune takes kernel files");
  const job::bare_kernel what = make_bare_kernel(given.kernel, target);
  const tune_plan plan = plan_tuning(what, given.parameters);
  const std::unique_ptr<job::search> order =
      make_search(strategy_of(given, plan.space), plan.space, given.seed);
  const std::string name = job::tuning_name(what.file, plan.kernel, what.include_folders);

  const interrupt_request interrupt;
  const stdout_guard guard; // Kernels may print: that is no data of ours.
  progress_bar bar;
  const tuner_options options = options_of(given, interrupt, bar, plan.space);
  const runtime rt(measuring_runtime(given.selector, !given.no_cache));
  const device_info& device = rt.devices()[0].info();
  tune_log log;
  if (!given.log.empty())
    log = tune_log(given.log, {name, device.name, device.driver_version, values_of(given.kernel)});
  const tune_result result = tuner(rt, what, options, log).run(plan.space, *order, plan.standard);
  const tune_report report(plan, result, device);
  if (given.json)
    print_json(report.to_json());
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
  CLI::App* command =
      program.add_subcommand("tune", "Find the macros that make a kernel fast, and remember them");
  command->add_option("file", given->kernel.target, "a kernel file whose front matter has `tune`")
      ->required()
      ->type_name("FILE.cl[:KERNEL]");
  add_values(*command, given->kernel);
  add_kernel_options(*command, given->kernel);
  command
      ->add_option("--param", given->parameters, "what a macro may be, instead of what the front matter says")
      ->type_name("NAME=N,N,...")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--strategy", given->strategy,
          "exhaustive, random or local (default: exhaustive up to 200 choices or with a budget, else local)")
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
                          "clotho run transpose.cl --tuned"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
