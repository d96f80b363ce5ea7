// SPDX-License-Identifier: Apache-2.0
#include "kernel_options.hpp"

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/tuning_store.hpp>
#include <clotho/runtime/binary_cache.hpp>

#include "support/options.hpp"
#include "support/output.hpp"

namespace clotho::tool {
namespace {

namespace fs = std::filesystem;

// Commas within parentheses belong to a function: "min(n,64),2" is two sizes.
std::vector<std::string> split_sizes(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

std::vector<job::expression> parse_sizes(const std::string& text, const char* option) {
  std::vector<job::expression> sizes;
  if (text.empty() || text == "auto") return sizes;
  for (const std::string& part : split_sizes(text)) {
    try {
      sizes.push_back(job::expression::parse(part));
    } catch (const argument_error& why) {
      throw argument_error(std::string(option) + " " + printable(text) + ": " + why.what());
    }
  }
  return sizes;
}

double parse_tolerance(std::string_view text, const std::string& whole) {
  const std::optional<double> value = parse_double(text);
  if (!value || !(*value >= 0))
    throw argument_error("--expect " + printable(whole) + ": '" + printable(text)
                         + "' is no tolerance; give a number of 0 or more, as in atol=1e-5");
  return *value;
}

} // namespace

// "file.cl:kernel"; a file whose name has a colon in it is still a file.
target_name split_target(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::error_code ignored;
  if (colon == std::string::npos || colon + 1 == text.size() || fs::exists(text, ignored)) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool is_pipeline(const fs::path& file) {
  const std::string extension = to_lower(file.extension().string());
  return extension == ".toml" || extension == ".json";
}

// NAME=VALUE with ",atol=A" and ",rtol=R" anywhere behind it.
job::expectation parse_expectation(const std::string& text) {
  job::expectation wanted{};
  std::string value;
  for (const std::string_view part : split(text, ',')) {
    if (part.starts_with("atol="))
      wanted.absolute = parse_tolerance(part.substr(5), text);
    else if (part.starts_with("rtol="))
      wanted.relative = parse_tolerance(part.substr(5), text);
    else
      value += (value.empty() ? "" : ",") + std::string(part);
  }
  job::named_value named;
  try {
    named = job::parse_named_value(value);
  } catch (const argument_error& why) {
    throw argument_error("--expect " + printable(text) + ": " + why.what());
  }
  wanted.buffer = named.name;
  wanted.equals = std::move(named.what);
  return wanted;
}

job::bare_kernel make_bare_kernel(const kernel_options& given, const target_name& target) {
  job::bare_kernel what;
  what.file = target.file;
  what.kernel = target.kernel;
  for (const std::string& text : given.values) what.given.push_back(job::parse_named_value(text));
  what.global = parse_sizes(given.global, "-g");
  what.local = parse_sizes(given.local, "-l");
  what.offset = parse_sizes(given.offset, "--offset");
  what.round_up = given.round_up;
  what.defines = parse_defines(given.defines);
  what.include_folders = given.folders;
  what.options = given.options;
  what.standard = given.standard;
  for (const std::string& text : given.expect) what.expectations.push_back(parse_expectation(text));
  return what;
}

runtime_options measuring_runtime(const std::string& selector, bool use_cache) {
  runtime_options options;
  options.devices = selector;
  options.device_times = true;
  options.log = log_sink([](log_level level, std::string_view text) {
    if (level >= log_level::warning) print_warning(text);
  });
  std::string problem;
  options.cache = use_cache ? binary_cache::from_environment(&problem) : nullptr;
  if (!problem.empty()) print_warning(problem);
  return options;
}

void add_tuned_flag(CLI::App& command, bool& tuned) {
  command.add_flag("--tuned", tuned,
                   "define the macros as clotho tune found best for this device, or the nearest to it");
}

void apply_tuning(job::bare_kernel& what, const device_info& device, bool quiet) {
  const std::string kernel = job::make_pipeline(what).steps.front().kernel;
  const std::string name = job::tuning_name(what.file, kernel, what.include_folders);
  const auto found = job::tuning_store::of_user().find(device, name);
  if (!found) {
    print_warning("there is no tuning record for '" + printable(kernel) + "' as it is now on '"
                  + printable(device.name) + "' or anything like it; clotho tune makes one");
    return;
  }
  for (const auto& [macro, value] : found->choice) {
    const auto is_it = [&wanted = macro](const auto& define) { return define.first == wanted; };
    if (std::none_of(what.defines.begin(), what.defines.end(), is_it))
      what.defines.emplace_back(macro, std::to_string(value));
  }
  if (!quiet) print_note("tuned for " + printable(found->selector) + ": " + job::to_string(found->choice));
}

void add_values(CLI::App& command, kernel_options& given) {
  command
      .add_option("values", given.values,
                  "what arguments, parameters and buffers are: n=1024 x=@x.npy y=zeros:n tmp=local:4K")
      ->type_name("NAME=VALUE");
}

void add_kernel_options(CLI::App& command, kernel_options& given) {
  command
      .add_option("-g,--global", given.global,
                  "work-items in each dimension; may name arguments: n, img.w,img.h")
      ->type_name("SIZES");
  command.add_option("-l,--local", given.local, "work-items in a group (default: clotho's choice)")
      ->type_name("SIZES");
  command.add_option("--offset", given.offset, "the first work-item's position")->type_name("SIZES");
  command.add_flag("--round-up", given.round_up,
                   "round the range up to whole groups; the kernel must guard its index");
  add_define_option(command, given.defines);
  add_include_option(command, given.folders);
  command.add_option("--std", given.standard, "the language: CL1.2, CL3.0, ...")->type_name("VERSION");
  command.add_option("--options", given.options, "further options for the compiler")->type_name("TEXT");
}

void add_expect_option(CLI::App& command, kernel_options& given) {
  command
      .add_option("--expect", given.expect,
                  "compare an array with a value, within |a-b| <= A + R*|b|; exit status 1 when it differs")
      ->type_name("NAME=VALUE[,atol=A][,rtol=R]")
      ->allow_extra_args(false);
}

} // namespace clotho::tool
