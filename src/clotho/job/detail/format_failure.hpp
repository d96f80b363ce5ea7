#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <clotho/core/error.hpp>

namespace clotho::detail {

/// Throws the format_error of a binary file, where lines and columns mean nothing.
[[noreturn]] inline void throw_format(const std::string& file, const std::string& message) {
  throw format_error({file, 0, 0}, message);
}

} // namespace clotho::detail
