#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include <clotho/sched/async_mutex.hpp>
#include <clotho/sched/detail/wait_operation.hpp>
#include <clotho/sched/task.hpp>

namespace clotho {

/// Lets coroutines and threads wait, with an async_mutex unlocked meanwhile, until another one has changed
/// what it guards. As Python's asyncio.Condition.
///
///     auto held = co_await mutex.lock();
///     co_await filled.wait(held, [&] { return !queue.empty(); });
///
/// Safe from any thread. Must outlive everybody who waits.
class async_condition {
 public:
  async_condition() = default;
  async_condition(const async_condition&) = delete;
  async_condition& operator=(const async_condition&) = delete;

  /// Wakes whoever has waited longest; everybody. With or without the mutex locked.
  void notify_one() { notify(1); }
  void notify_all() { notify(static_cast<std::size_t>(-1)); }

  /// Unlocks `held`, waits until notified, and locks it again. It is locked again also when this throws:
  /// cancelled_error when the coroutine is asked to stop meanwhile; argument_error when `held` holds nothing.
  task<> wait(async_mutex::guard& held);
  /// The same until `holds()`, which is called with the mutex locked.
  template <class Predicate> task<> wait(async_mutex::guard& held, Predicate holds) {
    while (!holds()) co_await wait(held);
  }

  /// The same for a thread, which blocks meanwhile.
  void wait_blocking(async_mutex::guard& held);
  template <class Predicate> void wait_blocking(async_mutex::guard& held, Predicate holds) {
    while (!holds()) wait_blocking(held);
  }

 private:
  class wait_awaiter;
  friend detail::wait_operation<async_condition>;

  struct entry : detail::wait_entry {
    async_mutex::guard* held = nullptr;
  };
  [[nodiscard]] static bool try_enter(entry&) noexcept { return false; }
  [[nodiscard]] bool enter(entry& one);
  [[nodiscard]] bool leave(entry& one);
  void notify(std::size_t count);

  std::mutex mutex_;
  detail::waiter_list line_;
};

} // namespace clotho
