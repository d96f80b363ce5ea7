// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/diagnostic.hpp>

namespace clotho {

std::string to_string(const source_location& where) {
  std::string text = where.file;
  if (where.line > 0) text += (text.empty() ? "line " : ":") + std::to_string(where.line);
  if (where.line > 0 && where.column > 0) text += ":" + std::to_string(where.column);
  return text;
}

const char* to_string(severity level) noexcept {
  switch (level) {
  case severity::note: return "note";
  case severity::remark: return "remark";
  case severity::warning: return "warning";
  case severity::error: return "error";
  case severity::fatal: return "fatal error";
  }
  return "error";
}

std::string to_string(const diagnostic& message) {
  const std::string where = to_string(message.where);
  return (where.empty() ? "" : where + ": ") + to_string(message.level) + ": " + message.text;
}

} // namespace clotho
