#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <coroutine>
#include <stop_token>

#include <clotho/sched/detail/coroutine_promise.hpp>

namespace clotho {

namespace detail {

/// `co_await` reads something from the awaiting coroutine's promise, without suspending it.
struct where_awaiter {
  executor* where = nullptr;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> self) noexcept {
    where = executor_of(self);
    return false;
  }
  [[nodiscard]] executor* await_resume() const noexcept { return where; }
};

struct stop_token_awaiter {
  std::stop_token token;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> self) {
    token = stop_token_of(self);
    return false;
  }
  [[nodiscard]] std::stop_token await_resume() noexcept { return std::move(token); }
};

struct executor_awaiter {
  executor& target;
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise> void await_suspend(std::coroutine_handle<Promise> self) {
    if constexpr (requires { self.promise().move_to(&target); }) {
      // First of all: once submitted, the coroutine may run and be gone.
      executor* const before = self.promise().move_to(&target);
      try {
        submit_resumption(target, self);
      } catch (...) {
        self.promise().move_to(before);
        throw;
      }
    } else {
      submit_resumption(target, self);
    }
  }
  void await_resume() const noexcept {}
};

} // namespace detail

/// `co_await pool`: the coroutine goes on as work submitted to that executor, and belongs to it from then on:
/// whatever it awaits, it is resumed there. Also when it is there already, so that it lets others run first.
/// The executor must outlive the coroutine. Throws, where it was, what `submit` throws.
inline detail::executor_awaiter operator co_await(executor& target) noexcept { return {target}; }

/// What a coroutine can learn about itself.
namespace this_task {

/// `co_await` gives where the coroutine belongs; null: nowhere, it goes on wherever it is woken.
[[nodiscard]] inline detail::where_awaiter executor() noexcept { return {}; }

/// `co_await` gives what asks the coroutine to stop: its own token, else that of the coroutine that awaits
/// it.
[[nodiscard]] inline detail::stop_token_awaiter stop_token() noexcept { return {}; }

} // namespace this_task

} // namespace clotho
