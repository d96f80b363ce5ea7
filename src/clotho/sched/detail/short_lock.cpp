// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/short_lock.hpp>

#include <chrono>
#include <thread>

namespace clotho::detail {

void short_lock::contend() noexcept {
  for (unsigned tries = 0;; ++tries) {
    if (try_lock()) return;
    if (tries >= 1000)
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    else if (tries >= 100)
      std::this_thread::yield();
  }
}

} // namespace clotho::detail
