#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string_view>

#include <clotho/job/detail/tree.hpp>

namespace clotho::job::detail {

/// Reads a TOML word that is no string into `node`: "true", "0x1F", "1_000", "6.5e-3", "-inf". What is wrong
/// with it, or null.
[[nodiscard]] const char* read_toml_word(std::string_view word, tree& node);

} // namespace clotho::job::detail
