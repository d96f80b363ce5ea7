#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <stop_token>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/timer.hpp>

namespace clotho {

/// Runs `work`, asks it to stop at `deadline`, and then throws timeout_error if it did. What it waits for by
/// then throws cancelled_error in it; work that ends all the same gives its result, or its exception; work
/// that neither waits nor looks at its stop token is not cut short. It has ended in every case when this
/// returns. As Python's asyncio.timeout.
template <class T> task<T> with_deadline(timer& clock, timer::clock::time_point deadline, task<T> work) {
  std::stop_source stop;
  std::atomic<bool> late{false};
  // Both callbacks copy what they stop through: this coroutine may end inside of request_stop.
  const std::stop_token outer = co_await this_task::stop_token();
  const std::stop_callback asked(outer, [&stop] { std::stop_source(stop).request_stop(); });
  const timer::call alarm = clock.call_at(deadline, [&stop, &late] {
    late.store(true, std::memory_order_relaxed); // request_stop publishes it to whom it stops
    std::stop_source(stop).request_stop();
  });
  try {
    co_return co_await std::move(work).stop_with(stop.get_token());
  } catch (const cancelled_error&) {
    if (!late.load(std::memory_order_relaxed)) throw;
  }
  throw timeout_error("the work did not end in time and was stopped");
}

/// The same, in `duration` from the await on.
template <class T, class Rep, class Period>
task<T> with_timeout(timer& clock, std::chrono::duration<Rep, Period> duration, task<T> work) {
  co_return co_await with_deadline(clock, detail::deadline_in(duration), std::move(work));
}

} // namespace clotho
