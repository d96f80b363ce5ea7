// SPDX-License-Identifier: Apache-2.0
// clotho inspect: the kernels of a file and what they want.
#include <memory>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/core/source.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/front_matter.hpp>
#include <clotho/job/value_text.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/program.hpp>

#include "command.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::tool {
namespace {

struct inspect_options {
  std::filesystem::path file;
  std::vector<std::filesystem::path> folders;
  std::vector<std::string> defines;
  std::string selector, standard;
  bool without_device = false;
  bool json = false;
};

struct inspected {
  kernel_signature signature;
  std::optional<kernel_limits> limits;
};

// Without any device, and when none was asked for, the source alone has to do.
std::optional<context> open_device(const inspect_options& given) {
  if (given.without_device) return std::nullopt;
  const discovery found = discover();
  if (found.devices.empty() && given.selector.empty()) {
    print_note("no OpenCL device: showing what the source alone tells; --no-device says this is meant");
    return std::nullopt;
  }
  return context(select_devices(given.selector, found).front());
}

std::vector<inspected> inspect(const source_text& source, const std::optional<context>& target,
                               const inspect_options& given) {
  std::vector<inspected> result;
  const macro_list defines = parse_defines(given.defines);
  if (!target) {
    for (kernel_signature& signature : parse_signatures(source.text, defines))
      result.push_back({std::move(signature), std::nullopt});
    return result;
  }
  build_options options;
  options.defines = defines;
  options.standard = given.standard;
  const program built = program::build(*target, source, options);
  for (const std::string& name : built.kernel_names()) {
    const kernel function = built.get_kernel(name);
    result.push_back({function.signature(), function.limits()});
  }
  return result;
}

nlohmann::json to_json(const kernel_argument& argument) {
  nlohmann::json result{{"name", argument.name},
                        {"type", argument.type},
                        {"address_space", to_string(argument.space)},
                        {"access", to_string(argument.access)},
                        {"const", argument.is_const},
                        {"kind", to_string(argument.kind)}};
  result["size"] = argument.size_bytes > 0 ? nlohmann::json(argument.size_bytes) : nlohmann::json();
  return result;
}

nlohmann::json to_json(const inspected& kernel) {
  const kernel_signature& signature = kernel.signature;
  nlohmann::json arguments = nlohmann::json::array();
  for (const kernel_argument& argument : signature.arguments) arguments.push_back(to_json(argument));
  nlohmann::json result{{"name", signature.name},
                        {"file", signature.where.file},
                        {"line", signature.where.line},
                        {"arguments", arguments},
                        {"uses_printf", signature.uses_printf}};
  if (signature.required_local[0] > 0) result["required_local"] = signature.required_local;
  if (kernel.limits)
    result["limits"] = {{"max_local_size", kernel.limits->max_local_size},
                        {"preferred_multiple", kernel.limits->preferred_multiple},
                        {"local_memory_bytes", kernel.limits->local_memory_bytes}};
  return result;
}

nlohmann::json texts(const std::vector<job::expression>& list) {
  nlohmann::json result = nlohmann::json::array();
  for (const auto& item : list) result.push_back(item.text());
  return result;
}

nlohmann::json to_json(const job::front_matter& front) {
  nlohmann::json result{{"global", texts(front.global)}, {"arguments", nlohmann::json::object()}};
  if (!front.kernel.empty()) result["kernel"] = front.kernel;
  if (!front.local.empty()) result["local"] = texts(front.local);
  for (const auto& [name, value] : front.arguments) result["arguments"][name] = to_string(value);
  for (const auto& [name, text] : front.defines) result["defines"][name] = text;
  if (!front.print.empty()) result["print"] = front.print;
  if (!front.tune.empty()) result["tune"] = front.tune;
  for (const job::condition& one : front.restrictions) result["restrictions"].push_back(one.text());
  if (front.flops) result["flops"] = front.flops->text();
  if (front.bytes) result["bytes"] = front.bytes->text();
  return result;
}

std::string limits_text(const kernel_limits& limits) {
  return "  at most " + std::to_string(limits.max_local_size) + " work-items in a group, best a multiple of "
         + std::to_string(limits.preferred_multiple) + "; uses " + format_size(limits.local_memory_bytes)
         + " of local memory\n";
}

std::string to_text(const inspected& kernel) {
  const kernel_signature& signature = kernel.signature;
  std::string text = to_string(signature.where);
  if (!text.empty()) text += ": ";
  text += to_string(signature) + "\n";
  const auto& local = signature.required_local;
  if (local[0] > 0)
    text += "  groups of exactly " + std::to_string(local[0]) + "x" + std::to_string(local[1]) + "x"
            + std::to_string(local[2]) + " (reqd_work_group_size)\n";
  for (const kernel_argument& argument : signature.arguments)
    if (argument.kind == argument_kind::value && !argument.element && argument.size_bytes > 0)
      text += "  " + argument.name + ": " + std::to_string(argument.size_bytes) + " bytes\n";
  if (kernel.limits) text += limits_text(*kernel.limits);
  return text;
}

std::string to_text(const job::front_matter& front) {
  std::string text = "front matter:\n";
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) text += "  " + name + " = " + value + "\n";
  };
  const auto listed = [](const std::vector<job::expression>& list) {
    std::vector<std::string> parts;
    for (const auto& item : list) parts.push_back(item.text());
    return join(parts, ", ");
  };
  add("kernel", front.kernel);
  add("global", listed(front.global));
  add("local", listed(front.local));
  for (const auto& [name, value] : front.arguments) add(name, to_string(value));
  for (const auto& [name, value] : front.defines) add("-D " + name, value);
  if (front.flops) add("flops", front.flops->text());
  if (front.bytes) add("bytes", front.bytes->text());
  return text;
}

int run(const inspect_options& given) {
  const stdout_guard guard;
  const source_text source = load_source(given.file, given.folders);
  const auto front = job::read_front_matter(os::read_text(given.file), given.file.string());
  const auto target = open_device(given);
  const auto kernels = inspect(source, target, given);
  if (given.json) {
    nlohmann::json list = nlohmann::json::array();
    for (const inspected& kernel : kernels) list.push_back(to_json(kernel));
    print_json({{"schema", "clotho.inspect/1"},
                {"file", given.file.string()},
                {"device", target ? nlohmann::json(target->info().name) : nlohmann::json()},
                {"kernels", list},
                {"front_matter", front ? to_json(*front) : nlohmann::json()}});
    return status(exit_code::ok);
  }
  std::string text;
  for (const inspected& kernel : kernels) text += to_text(kernel);
  if (front) text += to_text(*front);
  print(text);
  if (kernels.empty()) print_note(given.file.string() + " has no kernel");
  return status(exit_code::ok);
}

} // namespace

void add_inspect(CLI::App& program, action& chosen) {
  auto given = std::make_shared<inspect_options>();
  CLI::App* command = program.add_subcommand("inspect", "Show the kernels of a file and their arguments");
  command->add_option("file", given->file, "the kernel file")->required()->type_name("FILE.cl");
  add_device_option(*command, given->selector);
  command
      ->add_flag("--no-device", given->without_device, "from the source alone: no limits, no device's macros")
      ->excludes("--device");
  add_define_option(*command, given->defines);
  add_include_option(*command, given->folders);
  command->add_option("--std", given->standard, "the language: CL1.2, CL3.0, ...")->type_name("VERSION");
  add_json_flag(*command, given->json);
  set_examples(*command, {"clotho inspect saxpy.cl", "clotho inspect saxpy.cl --no-device --json"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
