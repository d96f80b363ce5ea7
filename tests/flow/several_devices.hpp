#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/runtime/selector.hpp>

namespace clotho::test {

/// Those of all drivers when there are several, else the parts of the best device, else that twice.
inline std::vector<device> several_devices() {
  if (std::vector<device> all = select_devices("all"); all.size() > 1) return all;
  try {
    if (std::vector<device> parts = select_device().partition(1); parts.size() > 1) return parts;
  } catch (const error&) { // cannot be divided
  }
  return {2, select_device()};
}

/// Hundreds of times slower than others.
inline bool any_interprets(const std::vector<device>& all) {
  return std::any_of(all.begin(), all.end(), [](const device& one) { return one.info().platform_name == "Oclgrind"; });
}

} // namespace clotho::test
