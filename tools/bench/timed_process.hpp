#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <clotho/job/process.hpp>

namespace clotho::bench {

/// Seconds from starting a program to having waited for it, its output dropped. Throws io_error with its last
/// words when it fails.
[[nodiscard]] double time_process(const job::process_command& command);

/// The one number a program prints, whatever else takes its time. Throws io_error.
[[nodiscard]] double number_from(const job::process_command& command);

} // namespace clotho::bench
