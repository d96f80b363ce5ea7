#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <utility>
#include <vector>

namespace clotho::tool {

/// One line about the machine, and what is wrong with it, if anything.
struct machine_fact {
  std::string name, text;
  std::string problem; ///< what is wrong and what to do; empty when nothing is
};

/// The loader library this process is linked with, clotho's cache and PoCL's. Calls no OpenCL.
[[nodiscard]] std::vector<machine_fact> machine_facts();

/// The variables that change what OpenCL programs see, as they are set here.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> relevant_environment();

} // namespace clotho::tool
