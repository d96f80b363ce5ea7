// SPDX-License-Identifier: Apache-2.0
#include "support/options.hpp"

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

namespace clotho::tool {

void add_device_option(CLI::App& command, std::string& selector) {
  command
      .add_option(
          "-d,--device", selector,
          "the device: gpu, cpu, pocl, nvidia:0, name=A100, ... (default: $CLOTHO_DEVICES, else the best)")
      ->type_name("SELECTOR");
}

void add_json_flag(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "one JSON document on standard output");
}

void add_define_option(CLI::App& command, std::vector<std::string>& defines) {
  command.add_option("-D,--define", defines, "define a macro")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void add_include_option(CLI::App& command, std::vector<std::filesystem::path>& folders) {
  command.add_option("-I,--include", folders, "look for headers here too, and allow reading them")
      ->type_name("DIR")
      ->allow_extra_args(false);
}

macro_list parse_defines(const std::vector<std::string>& defines) {
  macro_list result;
  for (const std::string& define : defines) {
    const std::size_t equals = define.find('=');
    if (equals == 0)
      throw argument_error("-D " + printable(define) + ": a macro needs a name: -D NAME=VALUE");
    result.emplace_back(define.substr(0, equals),
                        equals == std::string::npos ? "1" : define.substr(equals + 1));
  }
  return result;
}

void set_examples(CLI::App& command, const std::vector<std::string>& lines) {
  std::string text = lines.size() == 1 ? "Example:" : "Examples:";
  for (const std::string& line : lines) text += "\n  " + line;
  command.footer(text);
}

} // namespace clotho::tool
