// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/environment.hpp>

#include <unistd.h>

#include <cstdlib>
#include <system_error>

namespace clotho::os {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here sets variables
  return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

std::optional<std::filesystem::path> cache_folder() {
  if (const auto own = environment("CLOTHO_CACHE_DIR")) return *own;
  if (const auto xdg = environment("XDG_CACHE_HOME")) return std::filesystem::path(*xdg) / "clotho";
  if (const auto home = environment("HOME")) return std::filesystem::path(*home) / ".cache" / "clotho";
  return std::nullopt;
}

std::optional<std::filesystem::path> data_folder() {
  if (const auto xdg = environment("XDG_DATA_HOME")) return std::filesystem::path(*xdg) / "clotho";
  if (const auto home = environment("HOME")) return std::filesystem::path(*home) / ".local" / "share" / "clotho";
  return std::nullopt;
}

// TMPDIR does not count: processes that set it differently would not see each other.
std::filesystem::path runtime_folder() {
  std::error_code ignored;
  if (const auto xdg = environment("XDG_RUNTIME_DIR"); xdg && std::filesystem::is_directory(*xdg, ignored))
    return std::filesystem::path(*xdg) / "clotho";
  return "/tmp/clotho-" + std::to_string(::geteuid());
}

} // namespace clotho::os
