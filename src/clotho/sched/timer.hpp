#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

#include <clotho/core/log.hpp>
#include <clotho/sched/detail/deadline.hpp>
#include <clotho/sched/detail/timer_queue.hpp>
#include <clotho/sched/detail/wait_operation.hpp>

namespace clotho {

/// Wakes coroutines and calls functions at points in time: one thread, started with the first deadline,
/// serves any number of them.
///
///     co_await timer.sleep_for(10ms);
///     const auto alarm = timer.call_at(deadline, [&] { late = true; });   // cancelled when it goes
///
/// Safe from any thread. Destruction cancels all that is left, and waits for the thread, unless it happens in
/// that thread: then the rest is cancelled when the running callback has returned.
class timer {
 public:
  using clock = std::chrono::steady_clock;
  class sleep_awaiter;
  class call;

  /// `log` gets to know of callbacks that threw.
  explicit timer(log_sink log = {});
  ~timer();
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  /// `co_await` goes on at `deadline`, at once where that has passed. A coroutine that belongs to no executor
  /// goes on in the timer's thread, and should not keep it. Throws cancelled_error, promptly, when `stop`, or
  /// without one what asks the coroutine to stop, asks for it, and when the timer is destroyed.
  [[nodiscard]] sleep_awaiter sleep_until(clock::time_point deadline, std::stop_token stop = {});
  /// The same, in `duration` from this call on; at once where that is negative.
  template <class Rep, class Period>
  [[nodiscard]] sleep_awaiter sleep_for(std::chrono::duration<Rep, Period> duration,
                                        std::stop_token stop = {});

  /// Calls `callback` at `deadline`, or as soon as possible after it, in the timer's thread, which it should
  /// not keep: submit what takes long. What it throws is logged.
  [[nodiscard]] call call_at(clock::time_point deadline, std::function<void()> callback);

 private:
  class scheduled;

  log_sink log_;
  std::shared_ptr<detail::timer_queue> queue_;
};

namespace detail {
/// Keeps the queue until the operation that uses it has gone: a base, to go last.
struct timer_queue_owner {
  std::shared_ptr<timer_queue> queue;
};
} // namespace detail

class [[nodiscard]] timer::sleep_awaiter : detail::timer_queue_owner,
                                           public detail::wait_operation<detail::timer_queue> {
 public:
  sleep_awaiter(std::shared_ptr<detail::timer_queue> owned, clock::time_point deadline,
                std::stop_token stop) noexcept
      : timer_queue_owner{std::move(owned)}, wait_operation(*queue, std::move(stop)) {
    entry_.deadline = deadline;
  }
  void await_resume();
};

/// A function to be called; cancelled on destruction. May outlive the timer.
class [[nodiscard]] timer::call {
 public:
  call() noexcept = default;
  call(call&&) noexcept = default;
  call& operator=(call&& other) noexcept;
  ~call() { cancel(); }

  /// Prevents the call: returns whether that was possible. If not, the function has returned when this does,
  /// except inside of it. Afterwards this is empty.
  bool cancel() noexcept;

 private:
  friend timer;
  explicit call(std::shared_ptr<scheduled> what) noexcept;

  std::shared_ptr<scheduled> what_;
};

inline timer::sleep_awaiter timer::sleep_until(clock::time_point deadline, std::stop_token stop) {
  return sleep_awaiter(queue_, deadline, std::move(stop));
}

template <class Rep, class Period>
timer::sleep_awaiter timer::sleep_for(std::chrono::duration<Rep, Period> duration, std::stop_token stop) {
  return sleep_until(detail::deadline_in(duration), std::move(stop));
}

} // namespace clotho
