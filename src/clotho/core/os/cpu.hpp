#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

namespace clotho::os {

/// Cores that this process may use: those of its affinity mask, and no more than its container's quota; at
/// least 1.
[[nodiscard]] unsigned available_cores() noexcept;

/// Binds the calling thread to one core: the `index`-th that the process may use, counted round. Returns
/// whether the system agreed.
bool pin_this_thread(unsigned index) noexcept;

/// Names the calling thread for debuggers and profilers, which may show the first 15 bytes.
void name_this_thread(const std::string& name) noexcept;
/// The name of the calling thread; a number where it has none.
[[nodiscard]] std::string thread_name();

/// Tells the processor that the calling thread spins.
void relax() noexcept;

/// Lets other threads run first.
void yield() noexcept;

} // namespace clotho::os
