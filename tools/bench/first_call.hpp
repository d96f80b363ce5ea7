#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

namespace clotho::bench {

/// The primitives whose first call is measured, by name.
[[nodiscard]] std::vector<std::string> first_calls();

/// Seconds for the first call of a primitive in a process whose driver has built and run a small kernel
/// already, until the result is there.
[[nodiscard]] double first_call_sample(const std::string& name);

} // namespace clotho::bench
