#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>

#include <clotho/job/value.hpp>

namespace clotho::job::detail {

/// The array of a file, or of standard input, as elements of `wanted` if that is known. Files that do not say
/// what they hold are read as that. Throws io_error, format_error, and argument_error that names both types
/// when a value would change.
[[nodiscard]] host_array read_input(const file_input& file, std::optional<scalar> wanted);

} // namespace clotho::job::detail
