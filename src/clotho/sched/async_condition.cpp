// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/async_condition.hpp>

namespace clotho {

namespace {

async_mutex& checked(async_mutex* held) {
  if (held == nullptr) throw argument_error("a condition can be waited for only with its mutex locked");
  return *held;
}

} // namespace

class async_condition::wait_awaiter : public detail::wait_operation<async_condition> {
 public:
  wait_awaiter(async_condition& source, async_mutex::guard& held) noexcept : wait_operation(source) {
    entry_.held = &held;
  }
  [[nodiscard]] bool await_resume() { return finish(); }
};

task<> async_condition::wait(async_mutex::guard& held) {
  async_mutex& mutex = checked(held.mutex_);
  const bool notified = co_await wait_awaiter(*this, held);
  // Cancelled before it could wait, it still holds the mutex.
  if (!held) held = co_await async_mutex::lock_awaiter(mutex, false);
  if (!notified) throw cancelled_error("asked to stop while waiting for a condition");
}

void async_condition::wait_blocking(async_mutex::guard& held) {
  async_mutex& mutex = checked(held.mutex_);
  detail::thread_waiter self;
  entry one;
  one.who = &self;
  one.held = &held;
  if (enter(one)) self.wait();
  held = mutex.lock_blocking();
}

bool async_condition::enter(entry& one) {
  async_mutex* unlocked = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (one.now == detail::wait_entry::phase::cancelled) return false;
    unlocked = std::exchange(one.held->mutex_, nullptr);
    line_.push(one);
  }
  unlocked->unlock(); // Last of all: a notification that comes first finds the waiter in line.
  return true;
}

bool async_condition::leave(entry& one) {
  const std::lock_guard lock(mutex_);
  return line_.cancel(one);
}

void async_condition::notify(std::size_t count) {
  detail::waiter_list woken;
  {
    const std::lock_guard lock(mutex_);
    woken = line_.grant(count);
  }
  std::move(woken).wake_all();
}

} // namespace clotho
