// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/async_mutex.hpp>

namespace clotho {

std::optional<async_mutex::guard> async_mutex::try_lock() {
  detail::wait_entry self;
  if (!try_enter(self)) return std::nullopt;
  return guard(*this);
}

async_mutex::guard async_mutex::lock_blocking() {
  enter_blocking();
  return guard(*this);
}

void async_mutex::unlock() {
  detail::waiter_list next;
  {
    const std::lock_guard lock(mutex_);
    next = line_.grant(1); // It stays locked for him, so that nobody overtakes.
    locked_ = !next.empty();
  }
  std::move(next).wake_all();
}

} // namespace clotho
