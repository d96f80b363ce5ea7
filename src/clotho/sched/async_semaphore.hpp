#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

#include <clotho/sched/detail/wait_operation.hpp>

namespace clotho {

/// Lets a number of coroutines or threads in at a time. First come first served. As Python's
/// asyncio.Semaphore.
///
/// Safe from any thread; what was acquired in one may be released in another. Must outlive everybody who
/// waits.
class async_semaphore : detail::wait_source<async_semaphore> {
 public:
  class acquire_awaiter;

  /// Throws argument_error when `count` is negative.
  explicit async_semaphore(std::ptrdiff_t count);

  /// `co_await` takes one. Throws cancelled_error when the coroutine is asked to stop while it waits.
  [[nodiscard]] acquire_awaiter acquire() noexcept;
  /// Takes one if there is one.
  [[nodiscard]] bool try_acquire();
  /// The same as acquire for a thread, which blocks meanwhile.
  void acquire_blocking() { enter_blocking(); }
  /// Gives `count` back, or adds them: there is no upper bound. Throws argument_error when `count` is
  /// negative.
  void release(std::ptrdiff_t count = 1);

 private:
  friend detail::wait_source<async_semaphore>;
  friend detail::wait_operation<async_semaphore>;

  bool take() noexcept {
    if (free_ == 0) return false;
    --free_;
    return true;
  }

  std::size_t free_;
};

class [[nodiscard]] async_semaphore::acquire_awaiter : public detail::wait_operation<async_semaphore> {
 public:
  using wait_operation::wait_operation;
  void await_resume() { finish_or_throw("a semaphore"); }
};

inline async_semaphore::acquire_awaiter async_semaphore::acquire() noexcept { return acquire_awaiter(*this); }

} // namespace clotho
