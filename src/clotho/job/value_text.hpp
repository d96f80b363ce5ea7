#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <clotho/job/value.hpp>

namespace clotho::job {

/// A value as it is written on the command line, as far as it can be told from what was read:
/// "rand:n,seed=7".
[[nodiscard]] std::string to_string(const value& what);

} // namespace clotho::job
