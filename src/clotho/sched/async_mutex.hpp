#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <utility>

#include <clotho/sched/detail/wait_operation.hpp>

namespace clotho {

/// Mutual exclusion between coroutines, which suspend instead of blocking a thread, and threads. First come
/// first served. The holder may go on in another thread. As Python's asyncio.Lock.
///
///     const auto held = co_await mutex.lock();   // until the end of the scope
///
/// Safe from any thread. Not recursive: who locks it twice waits for himself. Must outlive its guards and
/// everybody who waits.
class async_mutex : detail::wait_source<async_mutex> {
 public:
  class guard;
  class lock_awaiter;

  async_mutex() = default;

  /// `co_await` gives a guard. Throws cancelled_error when the coroutine is asked to stop while it waits.
  [[nodiscard]] lock_awaiter lock() noexcept;
  /// Locks if nobody holds it.
  [[nodiscard]] std::optional<guard> try_lock();
  /// The same as lock for a thread, which blocks meanwhile.
  [[nodiscard]] guard lock_blocking();

 private:
  friend detail::wait_source<async_mutex>;
  friend detail::wait_operation<async_mutex>;
  friend class async_condition;

  bool take() noexcept { return !std::exchange(locked_, true); }
  void unlock();

  bool locked_ = false;
};

/// Holds a mutex, or nothing; unlocks it on destruction, which may be in any thread.
class [[nodiscard]] async_mutex::guard {
 public:
  guard() noexcept = default;
  guard(guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  guard& operator=(guard&& other) noexcept {
    if (this != &other) {
      unlock();
      mutex_ = std::exchange(other.mutex_, nullptr);
    }
    return *this;
  }
  ~guard() { unlock(); }

  [[nodiscard]] explicit operator bool() const noexcept { return mutex_ != nullptr; }
  /// Unlocks before the end of the scope.
  void unlock() noexcept {
    if (async_mutex* const held = std::exchange(mutex_, nullptr)) held->unlock();
  }

 private:
  friend async_mutex;
  friend class async_condition;
  explicit guard(async_mutex& held) noexcept : mutex_(&held) {}

  async_mutex* mutex_ = nullptr;
};

class [[nodiscard]] async_mutex::lock_awaiter : public detail::wait_operation<async_mutex> {
 public:
  explicit lock_awaiter(async_mutex& mutex, bool cancellable = true) noexcept : wait_operation(mutex) {
    cancellable_ = cancellable;
  }
  guard await_resume() {
    finish_or_throw("a mutex");
    return guard(source_);
  }
};

inline async_mutex::lock_awaiter async_mutex::lock() noexcept { return lock_awaiter(*this); }

} // namespace clotho
