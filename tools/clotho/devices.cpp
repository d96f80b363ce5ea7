// SPDX-License-Identifier: Apache-2.0
// clotho devices: what this machine has, and how to name it.
#include <algorithm>
#include <memory>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/device.hpp>
#include <clotho/runtime/selector.hpp>

#include "command.hpp"
#include "support/device_json.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::tool {
namespace {

struct devices_options {
  std::string selector;
  bool json = false;
  bool all_details = false;
};

struct listed {
  device what;
  std::string selector;
  bool is_default = false;
};

std::string version_text(version v) { return std::to_string(v.major) + "." + std::to_string(v.minor); }

std::vector<listed> list_devices(const discovery& found, const std::string& wanted) {
  std::vector<device_info> infos;
  for (const device& d : found.devices) infos.push_back(d.info());
  std::optional<device> preferred;
  try {
    preferred = select_devices({}, found).front();
  } catch (const selection_error& failure) {
    // What is there is listed all the same; only commands that need a device fail.
    if (!found.devices.empty()) print_warning(failure.what());
  }
  std::vector<listed> result;
  const auto add = [&](const device& d) {
    const auto at = std::find(found.devices.begin(), found.devices.end(), d) - found.devices.begin();
    result.push_back(
        {d, canonical_selector(static_cast<std::size_t>(at), infos), preferred && *preferred == d});
  };
  for (const device& d : wanted.empty() ? found.devices : select_devices(wanted, found)) add(d);
  return result;
}

void print_short(const std::vector<listed>& devices) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [d, selector, is_default] : devices) {
    const device_info& info = d.info();
    rows.push_back({selector, to_string(info.type), info.name, std::to_string(info.compute_units),
                    format_size(info.global_memory_bytes), version_text(info.opencl), info.driver_version,
                    is_default ? "default" : ""});
  }
  print_table({{"SELECTOR"},
               {"TYPE"},
               {"NAME"},
               {"UNITS", true},
               {"MEMORY", true},
               {"OPENCL", true},
               {"DRIVER"},
               {""}},
              rows);
}

// Sizes read better with their unit; everything else is as JSON has it.
std::string detail_text(const std::string& name, const nlohmann::json& value) {
  if (name.ends_with("_bytes") && value.is_number()) return format_size(value.get<std::uint64_t>());
  if (value.is_string()) return printable(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array()) return value.dump();
  std::vector<std::string> parts;
  for (const auto& part : value) parts.push_back(detail_text({}, part));
  return join(parts, " ");
}

void print_long(const std::vector<listed>& devices) {
  std::string text;
  for (const auto& [d, selector, is_default] : devices) {
    text += paint(style::bold, selector, 1) + (is_default ? "  (default)" : "") + "\n";
    const nlohmann::json details = d.info();
    for (const auto& [name, value] : details.items()) {
      std::string label = name;
      if (label.ends_with("_bytes")) label.resize(label.size() - 6);
      std::replace(label.begin(), label.end(), '_', ' ');
      label.resize(std::max<std::size_t>(label.size(), 26), ' ');
      text += "  " + label + " " + detail_text(name, value) + "\n";
    }
    if (!d.quirks().all().empty()) text += "  quirks (drop one by CLOTHO_QUIRKS=-ID)\n";
    for (const quirk* entry : d.quirks().all())
      text += "    " + std::string(entry->id) + ": " + std::string(entry->reason) + "\n";
  }
  print(text);
}

nlohmann::json to_document(const std::vector<listed>& devices, const discovery& found) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [d, selector, is_default] : devices) {
    nlohmann::json item = d.info();
    item["selector"] = selector;
    item["default"] = is_default;
    item["quirks"] = to_json(d.quirks());
    list.push_back(std::move(item));
  }
  return {{"schema", "clotho.devices/1"}, {"devices", list}, {"problems", found.problems}};
}

int run(const devices_options& given) {
  const stdout_guard guard;
  const discovery found = discover();
  for (const platform_problem& problem : found.problems)
    print_note(problem.platform.empty() ? printable(problem.what)
                                        : printable(problem.platform) + ": " + printable(problem.what));
  const std::vector<listed> devices = list_devices(found, given.selector);
  if (given.json) print_json(to_document(devices, found));
  if (devices.empty()) (void)select("", {}); // Throws, saying what to install.
  if (given.json) return status(exit_code::ok);
  given.all_details ? print_long(devices) : print_short(devices);
  return status(exit_code::ok);
}

} // namespace

void add_devices(CLI::App& program, action& chosen) {
  auto given = std::make_shared<devices_options>();
  CLI::App* command =
      program.add_subcommand("devices", "List the OpenCL devices and the selectors that name them");
  command->add_option("-d,--device", given->selector, "these devices only (default: all)")
      ->type_name("SELECTOR");
  add_json_flag(*command, given->json);
  command->add_flag("--long", given->all_details,
                    "everything known about each device, and the quirks that apply");
  set_examples(*command, {"clotho devices", "clotho devices -d gpu --long", "clotho devices --json"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
