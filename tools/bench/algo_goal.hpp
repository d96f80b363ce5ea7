#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string_view>

#include "algo_case.hpp"

namespace clotho::bench {

/// How many times faster than a peer clotho should be; below 1 is a share of the peer's speed. Empty where
/// nothing is asked for.
[[nodiscard]] std::optional<double> algo_goal(const algo_case& what, std::string_view peer);

/// Seconds that a case may take, whatever the peers need; `synchronous`: on a device that works in the
/// calling thread.
[[nodiscard]] std::optional<double> algo_allowance(const algo_case& what, bool synchronous);

} // namespace clotho::bench
