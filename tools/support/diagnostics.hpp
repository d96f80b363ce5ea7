#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <nlohmann/json.hpp>

#include <clotho/core/diagnostic.hpp>

namespace clotho::tool {

/// "file:line:col: error: text", then the line it is about and a caret, when the file can be read, each line
/// ended. In colors where `descriptor` shows them.
[[nodiscard]] std::string excerpt(const diagnostic& message, int descriptor);

/// {"file", "line", "column", "severity", "text"}.
[[nodiscard]] nlohmann::json to_json(const diagnostic& message);

} // namespace clotho::tool
