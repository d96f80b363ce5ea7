// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/async_event.hpp>

namespace clotho {

void async_event::set() {
  detail::waiter_list woken;
  {
    const std::lock_guard lock(mutex_);
    set_ = true;
    woken = line_.grant_all();
  }
  std::move(woken).wake_all();
}

void async_event::reset() {
  const std::lock_guard lock(mutex_);
  set_ = false;
}

bool async_event::is_set() const {
  const std::lock_guard lock(mutex_);
  return set_;
}

} // namespace clotho
