#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/job/process.hpp>

#include "support/contains.hpp"
#include "support/temporary_folder.hpp"

namespace clotho::test {

/// Runs the built command with a cache of its own, in a folder that goes away.
class command_fixture {
 public:
  using changes = std::vector<std::pair<std::string, std::optional<std::string>>>;

  job::process_result run(std::vector<std::string> arguments, const changes& environment = {}) const {
    arguments.insert(arguments.begin(), CLOTHO_COMMAND);
    job::process_command command{
        std::move(arguments), {{"CLOTHO_CACHE_DIR", (folder / "cache").string()}}, {}};
    for (const char* name : {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLOTHO_DEVICES", "CLOTHO_QUIRKS"})
      command.environment.emplace_back(name, std::nullopt);
    command.environment.insert(command.environment.end(), environment.begin(), environment.end());
    return job::run_process(command, std::chrono::minutes(4));
  }

  /// A file in the folder; its path.
  std::string write(std::string_view name, std::string_view text) const {
    const auto path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    os::write_file(path, text);
    return path.string();
  }

  /// The environment in which the fake driver, in one of its modes, is the only one.
  static changes fake_driver(const std::string& mode) {
    return {{"OCL_ICD_VENDORS", CLOTHO_FAKE_ICD_FOLDER}, {"FAKE_ICD_MODE", mode}};
  }

  /// Whether there is a device to compile for.
  bool has_device() const { return run({"devices"}).exit_status == 0; }

  temporary_folder folder;
};

inline nlohmann::json parse(const std::string& text) { return nlohmann::json::parse(text); }

/// What a command that succeeded has printed, as a document.
inline nlohmann::json printed_document(const job::process_result& result) {
  CAPTURE(result.errors);
  REQUIRE(result.exit_status == 0);
  return parse(result.output);
}

} // namespace clotho::test
