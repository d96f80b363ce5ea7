#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace clotho {

/// OpenCL C text with its includes resolved: what the compiler, the cache key and the signature parser all see.
struct source_text {
  std::string name;                          ///< what messages call it: the path as given, or a label
  std::string text;                          ///< flattened, with #line directives naming the real files
  std::vector<std::filesystem::path> files;  ///< every file read, the main one first; empty for plain text
};

/// Reads a `.cl` file and replaces each `#include` by the file it names, so that the device's compiler opens no file.
///
/// A header is looked for beside the file that includes it ("..." form only), then in `folders` in order. Only files
/// inside the main file's own folder or one of `folders` may be read: a name that leads out of them by "..", an
/// absolute path or a link is refused with an argument_error that names the include, never its content. A header
/// that does not exist becomes an `#error`, so it matters only where the compiler really reads that line.
/// `#pragma once`, `__has_include`, digraphs and split lines are honoured.
/// Throws io_error (main file), argument_error (refused, recursive without end, macro as file name).
[[nodiscard]] source_text load_source(const std::filesystem::path& file,
                                      const std::vector<std::filesystem::path>& folders = {});

/// The same for text that is already in memory; quoted includes are looked for in `folders` alone.
[[nodiscard]] source_text flatten_source(std::string_view name, std::string_view text,
                                         const std::vector<std::filesystem::path>& folders = {});

}  // namespace clotho
