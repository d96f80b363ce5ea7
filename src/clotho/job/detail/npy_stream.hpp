#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <clotho/job/detail/byte_source.hpp>
#include <clotho/job/host_array.hpp>

namespace clotho::detail {

/// Reads one array in .npy format; what follows it stays in `source`. Throws format_error about `name`.
[[nodiscard]] host_array read_npy_stream(byte_source& source, const std::string& name);

} // namespace clotho::detail
