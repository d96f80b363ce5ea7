#pragma once
// SPDX-License-Identifier: Apache-2.0

#include "tune_command.hpp"

namespace clotho::tool {

/// Tunes clotho's own primitives, one after the other, for each type, and keeps what was best; returns the
/// exit status. Throws argument_error, job::interrupted, and what devices and files throw.
[[nodiscard]] int tune_primitives(const tune_command& given);

} // namespace clotho::tool
