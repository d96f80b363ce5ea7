#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/report.hpp"

namespace clotho::bench {

/// This program once more: `arguments` after "--here --json", with changes to the environment as job::process_command has
/// them.
struct own_process {
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::optional<std::string>>> environment = {};
  std::chrono::seconds patience{60};
};

struct own_result {
  std::optional<report> found; ///< unless it failed
  std::string ending;          ///< "exit status 3", "killed by SIGABRT"
  bool crashed = false;
};

/// Measures in a process whose memory, drivers and settings are gone afterwards. What it tells on standard error comes out
/// here.
[[nodiscard]] own_result measure_in(const own_process& how);

} // namespace clotho::bench
