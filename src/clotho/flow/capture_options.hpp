#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace clotho {

/// Which launches a runtime saves, each as a folder that `clotho replay` runs again; docs/capture.md shows one.
///
/// A launch that is saved is slower by far: its buffers are read before and after it. Only launches that end well are
/// saved. What keeps one from being saved (a disk that is full, an image among the arguments) is told to the log as a
/// warning; the launch itself does not notice.
struct capture_options {
  /// Patterns of kernel names, separated by commas, with '*' and '?': "saxpy", "scan*,reduce*". Empty: none.
  std::string kernels{};
  /// Where to; it is made when need be. What is there already is never overwritten.
  std::filesystem::path folder = "clotho-capture";
  /// Of each kernel, the first so many launches that are submitted to the runtime.
  std::size_t most_per_kernel = 10;
  /// Launches whose buffers, before and after, hold more than this are not saved.
  std::uint64_t most_bytes = std::uint64_t{1} << 30;
};

/// What CLOTHO_CAPTURE (the patterns), CLOTHO_CAPTURE_DIR, CLOTHO_CAPTURE_COUNT and CLOTHO_CAPTURE_SIZE ("200M") say.
/// Throws argument_error when a number is none.
[[nodiscard]] capture_options capture_from_environment();

} // namespace clotho
