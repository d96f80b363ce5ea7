#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <span>
#include <string>

#include <clotho/runtime/device.hpp>

namespace clotho::tool {

/// What a check found. A failed one throws instead, or says so here.
struct check_outcome {
  enum class result { passed, failed, skipped } what = result::passed;
  std::string text; ///< what was wrong and what to do, why it was skipped, or a remark
};

/// One thing a device must be able to do.
struct device_check {
  const char* name;
  check_outcome (*run)(const device& target, std::chrono::milliseconds patience);
};

/// In the order they are to be run: from what everything needs to what few do.
[[nodiscard]] std::span<const device_check> device_checks() noexcept;

} // namespace clotho::tool
