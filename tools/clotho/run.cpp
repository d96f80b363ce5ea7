// SPDX-License-Identifier: Apache-2.0
// clotho run: a kernel file or a pipeline, with data from the command line and files.
#include <algorithm>
#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/job/front_matter.hpp>
#include <clotho/job/npy.hpp>
#include <clotho/job/run.hpp>
#include <clotho/runtime/device.hpp>

#include "array_text.hpp"
#include "command.hpp"
#include "interrupt.hpp"
#include "kernel_options.hpp"
#include "progress_bar.hpp"
#include "run_report.hpp"
#include "support/diagnostics.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::tool {
namespace {

namespace fs = std::filesystem;

struct run_command {
  kernel_options kernel;
  std::string selector, dry_run;
  std::vector<std::string> outputs, print, split;
  bool tuned = false, no_cache = false, json = false, quiet = false;
  unsigned repeat = 1, warmup = 0;
  double build_timeout = 0;
};

struct named_output {
  std::string name;
  fs::path path; // "-": standard output
};

std::vector<named_output> parse_outputs(const std::vector<std::string>& texts) {
  std::vector<named_output> outputs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      throw argument_error("-o " + printable(text)
                           + ": say which array goes to which file, as in -o y=y.npy");
    outputs.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return outputs;
}

std::vector<job::split_array> parse_split(const std::vector<std::string>& texts) {
  std::vector<job::split_array> arrays;
  for (const std::string& text : texts) {
    try {
      arrays.push_back(job::parse_split_array(text));
    } catch (const argument_error& why) {
      throw argument_error(std::string("--split: ") + why.what());
    }
  }
  return arrays;
}

job::pipeline load_kernel(const run_command& given, const target_name& target) {
  job::bare_kernel what = make_bare_kernel(given.kernel, target);
  if (given.tuned) apply_tuning(what, select_devices(given.selector).front().info(), given.quiet);
  what.split = parse_split(given.split);
  for (const named_output& output : parse_outputs(given.outputs))
    if (output.path != "-") what.save.emplace_back(output.name, output.path);
  return job::make_pipeline(what);
}

void refuse_kernel_options(const run_command& given, const target_name& target) {
  const std::pair<const char*, bool> used[] = {
      {"-g", !given.kernel.global.empty()},       {"-l", !given.kernel.local.empty()},
      {"--offset", !given.kernel.offset.empty()}, {"--round-up", given.kernel.round_up},
      {"-D", !given.kernel.defines.empty()},      {"-I", !given.kernel.folders.empty()},
      {"--std", !given.kernel.standard.empty()},  {"--options", !given.kernel.options.empty()},
      {"--split", !given.split.empty()},          {"--tuned", given.tuned}};
  for (const auto& [option, is_used] : used)
    if (is_used)
      throw argument_error(std::string(option) + " is for a kernel file; '" + target.file.string()
                           + "' is a pipeline, which states it in its steps");
}

job::buffer_spec& find_buffer(job::pipeline& pipeline, const std::string& name, const char* option) {
  std::vector<std::string> names;
  for (job::buffer_spec& buffer : pipeline.buffers) {
    if (buffer.name == name) return buffer;
    names.push_back(buffer.name);
  }
  const auto near = did_you_mean(name, names);
  throw argument_error(std::string(option) + ": there is no buffer '" + printable(name) + "' in '"
                       + pipeline.file + "'"
                       + (near            ? "; did you mean '" + *near + "'?"
                          : names.empty() ? ""
                                          : "; it has " + join(names, ", ")));
}

job::pipeline load_pipeline(const run_command& given, const target_name& target) {
  refuse_kernel_options(given, target);
  job::pipeline pipeline = job::read_pipeline(target.file);
  for (const std::string& text : given.kernel.values) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw argument_error("'" + printable(text) + "' has no name; write it as name=value, as in sigma=2");
    job::override_value(pipeline, text.substr(0, equals), text.substr(equals + 1));
  }
  for (const named_output& output : parse_outputs(given.outputs))
    if (output.path != "-") find_buffer(pipeline, output.name, "-o").save = output.path;
  for (const std::string& text : given.kernel.expect)
    pipeline.expectations.push_back(parse_expectation(text));
  return pipeline;
}

// What goes to standard output.
struct data_wish {
  std::vector<std::string> print;
  std::optional<std::string> raw; // -o NAME=-
  [[nodiscard]] bool any() const { return raw || !print.empty(); }
};

data_wish find_data(const run_command& given, const target_name& target) {
  data_wish wish{given.print, {}};
  for (const named_output& output : parse_outputs(given.outputs)) {
    if (output.path != "-") continue;
    if (wish.raw) throw argument_error("only one array can go to standard output");
    wish.raw = output.name;
  }
  if (wish.raw && !wish.print.empty())
    throw argument_error("--print and -o " + *wish.raw + "=- both want standard output; choose one");
  if (given.json) {
    if (wish.any())
      throw argument_error("--json has standard output for itself; write arrays to files by -o NAME=FILE");
    return wish;
  }
  const bool asked = wish.any() || given.quiet || !given.outputs.empty() || !given.kernel.expect.empty();
  if (!asked && !is_pipeline(target.file))
    if (const auto notes = job::read_front_matter(os::read_text(target.file), target.file.string()))
      if (target.kernel.empty() || notes->kernel.empty() || notes->kernel == target.kernel)
        wish.print = notes->print;
  return wish;
}

void print_data(const data_wish& wish, const job::run_report& report) {
  if (wish.raw) {
    const os::bytes npy = npy_bytes(report.arrays.at(*wish.raw));
    print({reinterpret_cast<const char*>(npy.data()), npy.size()});
  }
  for (const std::string& name : wish.print) {
    const host_array& array = report.arrays.at(name);
    print(name + " " + short_name(array.type) + " " + shape_text(array.shape) + "\n" + array_text(array)
          + "\n");
  }
}

int show_plan(const job::pipeline& pipeline, const std::string& form) {
  const job::step_graph graph = job::plan(pipeline);
  print(form == "dot" ? job::to_dot(pipeline, graph) : job::to_text(pipeline, graph));
  return status(exit_code::ok);
}

job::run_report run_on(const runtime& rt, const job::pipeline& pipeline, const run_command& given,
                       const data_wish& wish, const interrupt_request& interrupt) {
  progress_bar bar;
  job::run_options options;
  options.repeat = given.repeat;
  options.warmup = given.warmup;
  options.use_cache = !given.no_cache;
  if (given.build_timeout > 0)
    options.build_timeout = std::chrono::milliseconds(static_cast<long long>(given.build_timeout * 1000));
  options.progress = [&](std::size_t done, std::size_t all, const std::string& step) {
    bar.show(done, all, step);
  };
  options.stop = &interrupt.flag();
  std::vector<std::string> keep = wish.print;
  if (wish.raw) keep.push_back(*wish.raw);
  return job::run(rt, pipeline, options, keep);
}

int run(const run_command& given) {
  const target_name target = split_target(given.kernel.target);
  const data_wish wish = find_data(given, target);
  const job::pipeline pipeline =
      is_pipeline(target.file) ? load_pipeline(given, target) : load_kernel(given, target);
  if (!given.dry_run.empty()) return show_plan(pipeline, given.dry_run);

  const interrupt_request interrupt;
  const stdout_guard guard; // Kernels may print: that is no data of ours.
  const runtime rt(measuring_runtime(given.selector, !given.no_cache));
  const job::run_report report = run_on(rt, pipeline, given, wish, interrupt);
  for (const job::step_report& step : report.steps)
    for (const diagnostic& message : step.messages)
      if (!given.quiet) print_plain_to_stderr(excerpt(message, 2));
  print_data(wish, report);
  if (given.json)
    print_json(to_json(report));
  else if (!given.quiet)
    print_steps(report, wish.any() ? 2 : 1);
  print_expectations(report, given.quiet || given.json);
  const bool holds = std::all_of(report.expectations.begin(), report.expectations.end(),
                                 [](const job::expectation_report& wanted) { return wanted.holds; });
  return status(holds ? exit_code::ok : exit_code::failed);
}

void add_data_options(CLI::App& command, run_command& given) {
  command
      .add_option(
          "--split", given.split,
          "share the launch out to all devices of -d: each gets the part of these arrays that belongs to "
          "its indices, NAME:N with N more on either side, and all of the others")
      ->delimiter(',')
      ->type_name("NAME[:N],...")
      ->allow_extra_args(false);
  command
      .add_option("-o,--output", given.outputs,
                  "write an array to a file when all went well; - is standard output, as npy")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
  command
      .add_option("--print", given.print,
                  "show an array on standard output; the table then goes to standard error")
      ->type_name("NAME")
      ->allow_extra_args(false);
  add_expect_option(command, given.kernel);
}

} // namespace

void add_run(CLI::App& program, action& chosen) {
  auto given = std::make_shared<run_command>();
  CLI::App* command = program.add_subcommand("run", "Run a kernel file or a pipeline");
  command->add_option("file", given->kernel.target, "a kernel file, or a pipeline (.toml, .json)")
      ->required()
      ->type_name("FILE[:KERNEL]");
  add_values(*command, given->kernel);
  add_kernel_options(*command, given->kernel);
  add_data_options(*command, *given);
  command
      ->add_option("--repeat", given->repeat,
                   "launch each step N times and show the median; results are one run's")
      ->type_name("N")
      ->check(CLI::Range(1u, 1000000u).description(""));
  command->add_option("--warmup", given->warmup, "launch each step N times before that")
      ->type_name("N")
      ->check(CLI::Range(0u, 1000000u).description(""));
  add_device_option(*command, given->selector);
  add_tuned_flag(*command, given->tuned);
  command->add_flag("--no-cache", given->no_cache, "compile, whatever is in clotho's cache");
  command->add_option("--build-timeout", given->build_timeout, "give up compiling after this")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 1e6).description(""));
  command
      ->add_flag("--dry-run{text}", given->dry_run,
                 "show the steps and what they wait for, as text or dot; needs no device")
      ->type_name("[=text|dot]")
      ->check(CLI::IsMember({"text", "dot"}).description(""));
  add_json_flag(*command, given->json);
  command->add_flag("-q,--quiet", given->quiet, "no table, no notes");
  set_examples(*command, {"clotho run saxpy.cl n=1000 a=2.5 x=@x.npy y=zeros:1000 -g n -o y=out.npy",
                          "clotho run saxpy.cl --repeat 10", "clotho run saxpy.cl -d all --split x,y",
                          "clotho run edges.toml src=@photo.png sigma=2"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
