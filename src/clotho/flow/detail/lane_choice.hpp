#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <span>

#include <clotho/flow/detail/flow_node.hpp>
#include <clotho/flow/detail/lane.hpp>

namespace clotho::detail {

/// The lane for a task: where most of its data were last used by a kernel; of several such, and when they were nowhere,
/// where least is to be done. Null when none is open. `lanes` are all of the flow, in order.
[[nodiscard]] lane* best_lane(std::span<lane* const> lanes, std::span<const flow_access> accesses);

/// Tells those to come that a task with these accesses runs there.
void note_lane(const lane& chosen, std::span<const flow_access> accesses);

} // namespace clotho::detail
