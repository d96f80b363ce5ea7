#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <deque>
#include <functional>
#include <vector>

#include <clotho/job/detail/workspace.hpp>
#include <clotho/runtime/launch_argument.hpp>

namespace clotho::job::detail {

/// The arguments of a step's launches, and what they point to. Not movable: the arguments point into it.
struct bound_arguments {
  std::deque<host_array> values;
  std::deque<sampler> samplers;
  std::vector<launch_argument> list;
};

/// Fills `bound` with the arguments of step `i` in the kernel's order. `memory_of` gives the device's side of
/// an array. Throws argument_error that names argument and type: a number that does not fit, a wrong count.
void bind_step(bound_arguments& bound, const context& device, workspace& work, std::size_t i,
               const pipeline& job,
               const std::function<launch_argument(const std::string& array)>& memory_of);

} // namespace clotho::job::detail
