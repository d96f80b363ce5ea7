#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <concepts>
#include <coroutine>

#include <clotho/core/executor.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/sched/blocking_scope.hpp>
#include <clotho/sched/detail/trampoline.hpp>

namespace clotho::detail {

// The two below are not inlined into await_suspend: clang 14 would put their temporaries into the frame of
// the coroutine, which may be gone before they end.

/// Submits the resumption of `handle` to `where`. Does not allocate where std::function holds a pointer in
/// place.
[[gnu::noinline]] inline void submit_resumption(executor& where, std::coroutine_handle<> handle) {
  where.submit([handle] { trampoline::resume(handle); });
}

/// Resumes `handle` on `where`, as a continuation of what the calling thread does; null: in the calling
/// thread, as soon as no coroutine runs there. Also where `where` refuses: a coroutine is never left behind.
[[gnu::noinline]] inline void resume_on(executor* where, std::coroutine_handle<> handle) noexcept {
  if (where != nullptr) {
    try {
      where->submit_continuation([handle] { trampoline::resume(handle); });
      return;
    } catch (...) { // closed, or out of memory
    }
  }
  trampoline::resume(handle);
}

/// A promise type that knows where its coroutine belongs.
template <class Promise>
concept has_executor = requires(Promise& promise) {
  { promise.where() } -> std::convertible_to<executor*>;
};

/// Where a suspended coroutine wants to be resumed; null: wherever it is woken.
template <class Promise> [[nodiscard]] executor* executor_of(std::coroutine_handle<Promise> handle) noexcept {
  if constexpr (has_executor<Promise>)
    return handle.promise().where();
  else
    return nullptr;
}

/// Someone who waits for one event: a blocked thread or a suspended coroutine. `wake` is called once, by
/// anyone, after which the waiter may be gone.
class waiter {
 public:
  virtual void wake() = 0;

 protected:
  ~waiter() = default;
};

/// The calling thread. A worker that blocks here is replaced meanwhile, see blocking_scope.
class thread_waiter final : public waiter {
 public:
  /// Blocks until wake().
  void wait() {
    const blocking_scope replaced;
    const trampoline::barrier nothing_below;
    parker_.park();
  }
  /// The same until `deadline` at the latest; returns whether it was woken. When it was not, the caller has
  /// to make sure that nobody wakes it any more, or wait() for that, before it destroys the waiter.
  [[nodiscard]] bool wait_until(std::chrono::steady_clock::time_point deadline) {
    const blocking_scope replaced;
    const trampoline::barrier nothing_below;
    return parker_.park_until(deadline);
  }
  void wake() override { parker_.unpark(); }

 private:
  os::parker parker_;
};

/// A suspended coroutine.
class coroutine_waiter final : public waiter {
 public:
  coroutine_waiter() = default;
  template <class Promise>
  explicit coroutine_waiter(std::coroutine_handle<Promise> handle) noexcept
      : handle_(handle), where_(executor_of(handle)) {}
  void wake() override { resume_on(where_, handle_); }

 private:
  std::coroutine_handle<> handle_;
  executor* where_ = nullptr;
};

} // namespace clotho::detail
