#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <clotho/job/host_array.hpp>

namespace clotho::tool {

/// An array as NumPy prints it: nested brackets, of long dimensions the first and last three elements.
[[nodiscard]] std::string array_text(const host_array& array);

} // namespace clotho::tool
