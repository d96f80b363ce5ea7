#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <clotho/runtime/device.hpp>

#include "support/report.hpp"

namespace clotho::bench {

/// What two parts of a device gain: one launch shared out to both, beside each alone; two kernels at once, beside one after
/// the other. Notes what is missing when the device cannot be divided.
[[nodiscard]] report measure_split(const device& on, double seconds);

} // namespace clotho::bench
