// SPDX-License-Identifier: Apache-2.0
#include "pocl_devices.hpp"

#include <stdlib.h>

namespace clotho::bench {

pocl_devices find_pocl() {
  ::setenv("POCL_DEVICES", "basic pthread", 0);
  pocl_devices found;
  for (const device& one : select_devices("pocl+all")) {
    std::optional<device>& place = is_synchronous(one) ? found.synchronous : found.other;
    if (!place) place = one;
  }
  return found;
}

} // namespace clotho::bench
