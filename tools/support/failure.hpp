#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <functional>

#include "support/exit_code.hpp"

namespace clotho::tool {

/// Runs a command: its result, or, when it throws, the exit status that fits the exception, after its message
/// has gone to standard error.
[[nodiscard]] int run_guarded(const std::function<int()>& command) noexcept;

/// The status for the exception that is being handled; nothing is printed.
[[nodiscard]] exit_code exit_code_of_current_exception() noexcept;

/// Prints the exception that is being handled, and returns its status.
exit_code report_current_exception() noexcept;

} // namespace clotho::tool
