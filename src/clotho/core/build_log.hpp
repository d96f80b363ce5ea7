#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string_view>
#include <vector>

#include <clotho/core/diagnostic.hpp>

namespace clotho {

/// The messages in a compiler's build log. Understands clang and everything built on it (PoCL, AMD, Intel, rusticl,
/// Oclgrind) and NVIDIA's forms ("ptxas error   : ...", "<kernel>:3:5: error: ..."). Lines that are no message
/// (source excerpts, carets, "2 errors generated.") are left out; the caller keeps the raw log.
/// Placeholder file names of drivers ("<kernel>", "<source>", "tempfile_x.cl", "input.cl") become `main_file`.
[[nodiscard]] std::vector<diagnostic> parse_build_log(std::string_view log, std::string_view main_file);

}  // namespace clotho
