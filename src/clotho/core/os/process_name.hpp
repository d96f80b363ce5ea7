#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

namespace clotho::os {

/// The number of this process.
[[nodiscard]] long process_number() noexcept;
/// The name of the program it runs, without folders; "?" when unknown.
[[nodiscard]] std::string process_name();

} // namespace clotho::os
