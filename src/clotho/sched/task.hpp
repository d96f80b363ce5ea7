#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <coroutine>
#include <exception>
#include <stop_token>
#include <type_traits>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/coroutine_promise.hpp>
#include <clotho/sched/detail/outcome.hpp>
#include <clotho/sched/this_task.hpp>

namespace clotho {

template <class T = void> class task;

namespace detail {

template <class T> class task_promise_base : public coroutine_promise {
 public:
  struct final_awaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise> void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      self.promise().resume_parent();
    }
    void await_resume() const noexcept {}
  };
  final_awaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { result.set_exception(std::current_exception()); }

  outcome<T> result;
};

template <class T> class task_promise : public task_promise_base<T> {
 public:
  task<T> get_return_object() noexcept;
  template <class U = T>
  requires std::convertible_to<U, T>
  void return_value(U&& value) { this->result.set_value(std::forward<U>(value)); }
};

template <> class task_promise<void> : public task_promise_base<void> {
 public:
  task<void> get_return_object() noexcept;
  void return_void() noexcept { result.set_value(); }
};

} // namespace detail

/// A coroutine that starts when it is awaited and hands its result, or its exception, to the coroutine that
/// awaits it. As Python's `async def`.
///
///     task<int> answer(thread_pool& pool) {
///       co_await pool;                 // from here on runs on the pool
///       co_return 42;
///     }
///     task<> user(thread_pool& pool) { use(co_await answer(pool)); }   // back where user() belongs
///
/// Is awaited once, as an rvalue: `co_await work()` or `co_await std::move(named)`; a second time throws
/// argument_error. Awaiting neither allocates nor grows the stack, however long the chain. Belongs to the
/// executor of the coroutine that awaits it until it moves itself by `co_await executor`.
///
/// A task that was never awaited is destroyed without having run. One that was is owned by whoever awaits it,
/// until it has finished. A task itself is for one thread at a time.
///
/// After a co_await the thread may be another one. Compilers do not expect that: ask for thread_local variables
/// and std::this_thread::get_id() in functions that are not inlined.
template <class T> class [[nodiscard("a task that is not awaited never runs")]] task {
 public:
  using promise_type = detail::task_promise<T>;
  using value_type = T;

  task() noexcept = default;
  task(task && other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    task(std::move(other)).swap(*this);
    return *this;
  }
  ~task() {
    if (frame_) frame_.destroy();
  }

  /// Whether there is a coroutine to await.
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(frame_); }

  /// Lets `stop` ask this task and what it awaits to stop, instead of the token it would inherit:
  /// `co_await work().stop_with(token)`.
  [[nodiscard]] task stop_with(std::stop_token stop)&& {
    if (frame_) frame_.promise().stop_with(std::move(stop));
    return std::move(*this);
  }

  class awaiter;
  awaiter operator co_await()&& { return awaiter(std::move(*this)); }

  void swap(task & other) noexcept { std::swap(frame_, other.frame_); }

 private:
  friend promise_type;
  using handle = std::coroutine_handle<promise_type>;
  explicit task(handle frame) noexcept : frame_(frame) {}

  handle frame_;
};

/// Owns the task from when it is awaited; its frame goes with the awaiting expression.
template <class T> class task<T>::awaiter {
 public:
  explicit awaiter(task work) : work_(std::move(work)) {
    if (!work_) throw argument_error("a task can be awaited once, and this one was, or was moved from");
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise> void await_suspend(std::coroutine_handle<Promise> parent) {
    work_.frame_.promise().awaited_by(parent);
    detail::trampoline::resume(work_.frame_);
  }
  T await_resume() { return work_.frame_.promise().result.take(); }

 private:
  task work_;
};

namespace detail {

template <class T> task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<void> task_promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

} // namespace detail

} // namespace clotho
