// SPDX-License-Identifier: Apache-2.0
#include "doctor_machine.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <clotho/core/os/environment.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/binary_cache.hpp>
#include <clotho/runtime/native.hpp>

extern char** environ; // NOLINT: POSIX leaves its declaration to us

namespace clotho::tool {
namespace {

namespace fs = std::filesystem;

machine_fact loader() {
  Dl_info where{};
  if (::dladdr(reinterpret_cast<void*>(&clGetPlatformIDs), &where) == 0 || !where.dli_fname)
    return {"loader", "unknown", ""};
  std::error_code ignored;
  const fs::path real = fs::canonical(where.dli_fname, ignored);
  return {"loader", ignored ? where.dli_fname : real.string(), ""};
}

machine_fact clotho_cache() {
  std::string problem;
  const auto cache = binary_cache::from_environment(&problem);
  if (!cache && problem.empty()) return {"cache", "off (CLOTHO_CACHE)", ""};
  if (!cache)
    return {"cache", "cannot be used",
            problem
                + "; programs are compiled anew in every run: set CLOTHO_CACHE_DIR to a folder of your own"};
  std::uint64_t size = 0;
  const auto entries = cache->list();
  for (const auto& entry : entries) size += entry.size_bytes;
  return {"cache",
          cache->folder().string() + ": " + std::to_string(entries.size()) + " programs, "
              + format_size(size),
          ""};
}

fs::path pocl_folder() {
  if (const auto folder = os::environment("POCL_CACHE_DIR")) return *folder;
  if (const auto folder = os::environment("XDG_CACHE_HOME")) return fs::path(*folder) / "pocl" / "kcache";
  return fs::path(os::environment("HOME").value_or("/tmp")) / ".cache" / "pocl" / "kcache";
}

// The folder, or the nearest one above it that exists.
fs::path existing(fs::path folder) {
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

machine_fact pocl_cache() {
  const fs::path folder = pocl_folder();
  std::error_code ignored;
  const fs::path there = existing(folder);
  if (fs::is_directory(there, ignored) && ::access(there.c_str(), W_OK | X_OK) == 0)
    return {"PoCL's cache", folder.string(), ""};
  return {"PoCL's cache", folder.string(),
          there.string()
              + " is no folder that you may write to: PoCL then hides its devices or fails to build; set "
                "POCL_CACHE_DIR to a folder of your own"};
}

bool is_relevant(std::string_view name) {
  constexpr std::array<std::string_view, 15> prefixes{"CLOTHO_",
                                                      "OCL_ICD_",
                                                      "OPENCL_",
                                                      "POCL_",
                                                      "RUSTICL_",
                                                      "MESA_",
                                                      "NEO",
                                                      "CUDA_VISIBLE",
                                                      "CUDA_CACHE",
                                                      "NVIDIA_VISIBLE",
                                                      "ROCR_",
                                                      "HIP_VISIBLE",
                                                      "GPU_DEVICE_ORDINAL",
                                                      "ZE_",
                                                      "LIBCLC"};
  constexpr std::array<std::string_view, 3> names{"LD_LIBRARY_PATH", "LD_PRELOAD", "XDG_CACHE_HOME"};
  return std::any_of(prefixes.begin(), prefixes.end(), [&](auto p) { return name.starts_with(p); })
         || std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

std::vector<machine_fact> machine_facts() { return {loader(), clotho_cache(), pocl_cache()}; }

std::vector<std::pair<std::string, std::string>> relevant_environment() {
  std::vector<std::pair<std::string, std::string>> result;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && is_relevant(text.substr(0, equals)))
      result.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace clotho::tool
