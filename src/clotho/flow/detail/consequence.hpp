#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <exception>

#include <clotho/core/error.hpp>

namespace clotho::detail {

/// The failure that `failure` comes from: itself unless it is a dependency_error.
[[nodiscard]] inline std::exception_ptr root_of(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const dependency_error& consequence) {
    return consequence.cause();
  } catch (...) {
    return failure;
  }
}

} // namespace clotho::detail
