#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <clotho/sched/detail/wait_operation.hpp>

namespace clotho {

/// A flag to wait for, which stays set until it is reset. As Python's asyncio.Event.
///
/// Safe from any thread. Must outlive everybody who waits.
class async_event : detail::wait_source<async_event> {
 public:
  class wait_awaiter;

  explicit async_event(bool set = false) noexcept : set_(set) {}

  /// Wakes everybody who waits, and lets through whoever comes until reset().
  void set();
  void reset();
  [[nodiscard]] bool is_set() const;

  /// `co_await` waits until it is set. Throws cancelled_error when the coroutine is asked to stop meanwhile.
  [[nodiscard]] wait_awaiter wait() noexcept;
  /// The same for a thread, which blocks meanwhile.
  void wait_blocking() { enter_blocking(); }

 private:
  friend detail::wait_source<async_event>;
  friend detail::wait_operation<async_event>;

  [[nodiscard]] bool take() const noexcept { return set_; }

  bool set_;
};

class [[nodiscard]] async_event::wait_awaiter : public detail::wait_operation<async_event> {
 public:
  using wait_operation::wait_operation;
  void await_resume() { finish_or_throw("an event"); }
};

inline async_event::wait_awaiter async_event::wait() noexcept { return wait_awaiter(*this); }

} // namespace clotho
