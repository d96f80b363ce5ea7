#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <optional>
#include <string>

namespace clotho::os {

/// The value of an environment variable; empty when it is unset or empty.
[[nodiscard]] std::optional<std::string> environment(const char* name);

/// The folder for clotho's caches: $CLOTHO_CACHE_DIR, else $XDG_CACHE_HOME/clotho, else ~/.cache/clotho;
/// empty when there is no home.
[[nodiscard]] std::optional<std::filesystem::path> cache_folder();

/// The folder for what clotho learns and keeps: $XDG_DATA_HOME/clotho, else ~/.local/share/clotho; empty when there is
/// no home.
[[nodiscard]] std::optional<std::filesystem::path> data_folder();

/// The folder for what this user's processes share while they run: $XDG_RUNTIME_DIR/clotho where there is such a folder,
/// else /tmp/clotho-UID. It need not exist yet.
[[nodiscard]] std::filesystem::path runtime_folder();

} // namespace clotho::os
