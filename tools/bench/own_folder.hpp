#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>

namespace clotho::bench {

/// Where this program lies, and those it runs beside it.
[[nodiscard]] inline std::filesystem::path own_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

} // namespace clotho::bench
