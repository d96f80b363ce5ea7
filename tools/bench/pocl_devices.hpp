#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>

#include <clotho/runtime/device.hpp>

namespace clotho::bench {

/// PoCL's device that works in the calling thread, and the one that others use.
struct pocl_devices {
  std::optional<device> synchronous, other;
};

[[nodiscard]] inline bool is_synchronous(const device& one) {
  return one.quirks().has(quirk_action::synchronous_device);
}

/// Asks PoCL for both, which works only before the first OpenCL call of the process; a POCL_DEVICES that is
/// set says what there is.
[[nodiscard]] pocl_devices find_pocl();

} // namespace clotho::bench
