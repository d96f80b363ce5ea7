#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

namespace clotho {

/// A place in a source file. Lines and columns count from 1; 0 means unknown.
struct source_location {
  std::string file;
  int line = 0;
  int column = 0;

  friend bool operator==(const source_location&, const source_location&) = default;
};

/// "file:line:column", as much of it as is known.
[[nodiscard]] std::string to_string(const source_location& where);

enum class severity { note, remark, warning, error, fatal };

/// The word compilers print: "note", "warning", "error", ...
[[nodiscard]] const char* to_string(severity level) noexcept;

/// One message of a compiler.
struct diagnostic {
  source_location where;
  severity level = severity::error;
  std::string text;

  friend bool operator==(const diagnostic&, const diagnostic&) = default;
};

/// "file:line:column: error: text".
[[nodiscard]] std::string to_string(const diagnostic& message);

} // namespace clotho
