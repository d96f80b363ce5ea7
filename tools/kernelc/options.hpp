#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace clotho::kernelc {

/// What the command line asks for.
struct options {
  bool help = false;
  std::filesystem::path input; ///< the .cl file
  std::vector<std::filesystem::path>
      includes;                  ///< where quoted and other includes are looked for, after its own folder
  std::string name;              ///< of the constant; from the file's name by default
  std::string scope = "kernels"; ///< the constant's namespace
  std::filesystem::path header, source, flat, depfile; ///< what is written; depfile and flat may be empty
};

extern const char* const help_text;

/// Throws argument_error.
[[nodiscard]] options parse_options(std::span<char* const> arguments);

/// A C++ identifier from a file's name: "5-point.cl" is "_5_point".
[[nodiscard]] std::string identifier_of(const std::filesystem::path& file);

} // namespace clotho::kernelc
