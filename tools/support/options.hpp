#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include <clotho/core/signature.hpp>

namespace clotho::tool {

/// Options that several commands have, spelled and explained alike.
void add_device_option(CLI::App& command, std::string& selector);
void add_json_flag(CLI::App& command, bool& json);
/// -D NAME=VALUE, any number of times.
void add_define_option(CLI::App& command, std::vector<std::string>& defines);
/// -I DIR, any number of times.
void add_include_option(CLI::App& command, std::vector<std::filesystem::path>& folders);

/// "NAME=VALUE" split; "NAME" alone is 1, as for every compiler. Throws argument_error.
[[nodiscard]] macro_list parse_defines(const std::vector<std::string>& defines);

/// Sets what stands below the help: "Example:" or "Examples:" and the lines given, indented.
void set_examples(CLI::App& command, const std::vector<std::string>& lines);

} // namespace clotho::tool
