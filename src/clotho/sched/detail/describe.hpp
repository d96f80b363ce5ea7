#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <exception>
#include <string>

namespace clotho::detail {

/// What an exception says; for what is no std::exception, that it is not one.
[[nodiscard]] inline std::string describe(const std::exception_ptr& what) {
  try {
    std::rethrow_exception(what);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

} // namespace clotho::detail
