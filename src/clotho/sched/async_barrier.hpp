#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <functional>

#include <clotho/sched/detail/wait_operation.hpp>

namespace clotho {

/// Where a number of coroutines or threads wait for one another, any number of times. As Python's
/// asyncio.Barrier.
///
/// Safe from any thread. Must outlive everybody who waits.
class async_barrier : detail::wait_source<async_barrier> {
 public:
  class arrive_awaiter;

  /// For `parties` at a time. Who comes last runs `when_full` before the others go on; what that throws, he
  /// throws. Throws argument_error unless `parties` is positive.
  explicit async_barrier(std::ptrdiff_t parties, std::function<void()> when_full = {});

  /// `co_await` waits until as many have arrived. Throws cancelled_error when the coroutine is asked to stop
  /// meanwhile: then it counts as not arrived.
  [[nodiscard]] arrive_awaiter arrive_and_wait() noexcept;
  /// The same for a thread, which blocks meanwhile.
  void arrive_and_wait_blocking() { enter_blocking(); }

 private:
  friend detail::wait_source<async_barrier>;
  friend detail::wait_operation<async_barrier>;

  [[nodiscard]] bool take() const noexcept { return line_.size() + 1 == parties_; }
  void taken(std::unique_lock<std::mutex>& lock);

  std::size_t parties_;
  std::function<void()> when_full_;
};

class [[nodiscard]] async_barrier::arrive_awaiter : public detail::wait_operation<async_barrier> {
 public:
  using wait_operation::wait_operation;
  void await_resume() { finish_or_throw("a barrier"); }
};

inline async_barrier::arrive_awaiter async_barrier::arrive_and_wait() noexcept {
  return arrive_awaiter(*this);
}

} // namespace clotho
