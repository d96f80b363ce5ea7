#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <coroutine>
#include <exception>
#include <stop_token>
#include <utility>

#include <clotho/sched/task.hpp>

namespace clotho::detail {

/// A coroutine that nobody awaits: it owns itself and is gone when it ends.
struct root {
  struct promise_type : coroutine_promise {
    root get_return_object() noexcept { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

template <class T, class Done> root run_root(task<T> work, Done done) {
  outcome<T> result;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(work);
      result.set_value();
    } else {
      result.set_value(co_await std::move(work));
    }
  } catch (...) {
    result.set_exception(std::current_exception());
  }
  done(std::move(result));
}

/// Starts `work` on `where`, and calls `done(outcome<T>&&)` there once it has ended and its frame is gone.
/// Null: starts in the calling thread, in which case it may have ended on return; or, within a coroutine, as
/// soon as that one suspends. `done` must not throw. Allocates one frame; throws std::bad_alloc, or what
/// `submit` throws, without having started, or called `done`.
template <class T, class Done>
void start(task<T>&& work, executor* where, Done done, std::stop_token stop = {}) {
  const auto frame = run_root(std::move(work), std::move(done)).frame;
  frame.promise().inherit(where, std::move(stop));
  if (where == nullptr) {
    trampoline::resume(frame);
    return;
  }
  try {
    submit_resumption(*where, frame);
  } catch (...) {
    frame.destroy();
    throw;
  }
}

} // namespace clotho::detail
