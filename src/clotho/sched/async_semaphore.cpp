// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/async_semaphore.hpp>

namespace clotho {

namespace {

std::size_t checked(std::ptrdiff_t count) {
  if (count < 0) throw argument_error("a semaphore cannot count " + std::to_string(count));
  return static_cast<std::size_t>(count);
}

} // namespace

async_semaphore::async_semaphore(std::ptrdiff_t count) : free_(checked(count)) {}

bool async_semaphore::try_acquire() {
  detail::wait_entry self;
  return try_enter(self);
}

void async_semaphore::release(std::ptrdiff_t count) {
  const std::size_t released = checked(count);
  detail::waiter_list next;
  {
    const std::lock_guard lock(mutex_);
    next = line_.grant(released);
    free_ += released - next.size();
  }
  std::move(next).wake_all();
}

} // namespace clotho
