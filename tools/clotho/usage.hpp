#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <CLI/CLI.hpp>

namespace clotho::tool {

/// What to tell somebody whose command line could not be read, with the nearest command or option.
[[nodiscard]] std::string explain(const CLI::ParseError& failure, const CLI::App& program);

} // namespace clotho::tool
