#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <string_view>

#include <clotho/runtime/nd_range.hpp>

namespace clotho::detail {

/// What limits the range of one kernel on one device.
struct range_limits {
  std::size_t max_local = 1; ///< work-items in a group of this kernel
  std::array<std::size_t, 3> max_local_sizes{1, 1, 1};
  std::array<std::size_t, 3> required_local{}; ///< reqd_work_group_size; zeros when there is none
  bool non_uniform = false;  ///< a local size need not divide the range
  bool choose_local = false; ///< the driver's own choice is not to be trusted
  std::size_t max_stack_items =
      0; ///< work-items in a group whose private arrays fit the stack; 0: no limit known
};

/// A range as the driver takes it.
struct resolved_range {
  unsigned dimensions = 1;
  std::array<std::size_t, 3> global{1, 1, 1}, offset{0, 0, 0}, local{1, 1, 1};
  bool driver_chooses_local = false;
  bool empty = false;
};

/// Decides the local size and checks everything that a driver might crash on.
/// Throws argument_error that names the kernel and suggests what would work.
[[nodiscard]] resolved_range resolve(const nd_range& wish, const range_limits& limits,
                                     std::string_view kernel);

} // namespace clotho::detail
