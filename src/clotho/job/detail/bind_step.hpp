#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <deque>
#include <functional>
#include <vector>

#include <clotho/flow/split.hpp>
#include <clotho/job/detail/workspace.hpp>

namespace clotho::job::detail {

/// The arguments of a step's launches, and what they point to. Not movable: the arguments point into it.
struct bound_arguments {
  std::deque<host_array> values;
  std::deque<sampling> samplings;
  std::vector<split_argument> list; ///< of a launch on one device, too
};

/// Fills `bound` with the arguments of step `i` in the kernel's order. `memory_of` gives an array's memory,
/// or what of it a chunk of a split step needs. Throws argument_error that names argument and type: a number
/// that does not fit, a wrong count.
void bind_step(bound_arguments& bound, workspace& work, std::size_t i, const pipeline& job,
               const std::function<split_argument(const array_binding& array)>& memory_of);

} // namespace clotho::job::detail
