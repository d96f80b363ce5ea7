#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <concepts>
#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/async_state.hpp>
#include <clotho/sched/detail/deadline.hpp>
#include <clotho/sched/detail/future_core.hpp>
#include <clotho/sched/detail/start.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho {

/// The result of work that may still be going on: a value, or the exception that the work threw. As Python's
/// concurrent.futures.Future, but that it has one owner, and the result is taken out once.
///
/// A future is for one thread at a time; the work is not bound to it and goes on when it is dropped. A failure that was
/// dropped with it unseen is reported to the executor (a pool's log). Everything but `valid` throws argument_error
/// on a future that is empty: made without a result, moved from, or taken.
template <class T> class future {
 public:
  using value_type = T;

  future() noexcept = default;

  [[nodiscard]] bool valid() const noexcept { return static_cast<bool>(state_); }
  [[nodiscard]] bool ready() const { return state().ready(); }

  /// Blocks until it is ready. A worker of the executor does not sit idle: it runs the awaited work, if that has not
  /// begun, or what it depends on, or what it has forked; else a spare thread takes its place. Throws deadlock_error
  /// when the wait could never end because the calling work is what the result depends on.
  void wait() const { state().wait(); }
  /// The same for a while, without helping; a negative time only looks. Returns whether it is ready.
  template <class Rep, class Period>
  [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> duration) const {
    return state().wait_until(detail::deadline_in(duration));
  }
  [[nodiscard]] bool wait_until(std::chrono::steady_clock::time_point deadline) const {
    return state().wait_until(deadline);
  }

  /// Waits and takes the value out, or throws the exception. The future is empty afterwards.
  T get() {
    wait();
    const auto taken = std::exchange(state_, {});
    taken->observe();
    return taken->result.take();
  }
  /// Waits; the exception, or null.
  [[nodiscard]] std::exception_ptr failure() const {
    wait();
    state().observe();
    return state().failure();
  }
  /// Waits; of a future that stands for several, the exceptions that came after the first.
  [[nodiscard]] const std::vector<std::exception_ptr>& further_failures() const {
    wait();
    return state().further_failures();
  }

  /// The future of `f(value)`, or of `f(future)` where `f` takes a ready future, as generic lambdas do, and so sees
  /// failures; otherwise these pass it by. `f` runs where the work has run, as soon as that has finished. Leaves this
  /// future empty.
  template <class F> [[nodiscard]] auto then(F&& f) && { return continued(state().where(), std::forward<F>(f)); }
  /// The same on an executor of your choice.
  template <class F> [[nodiscard]] auto then(executor& where, F&& f) && {
    return continued(detail::place(where), std::forward<F>(f));
  }

  /// Keeps the work from beginning, and what it depends on, so that it ends with cancelled_error; work that runs is
  /// asked to stop, if it takes a std::stop_token. Returns whether it was kept from beginning.
  bool cancel() { return state().cancel(); }

  class awaiter;
  /// `co_await std::move(f)`, `co_await async(...)`: the value, or throws. A coroutine that is asked to stop meanwhile
  /// cancels the work.
  [[nodiscard]] awaiter operator co_await() && { return awaiter(std::move(*this)); }

  /// For select: see detail::observable.
  [[nodiscard]] bool on_ready(detail::waiter& who) { return state().on_ready(who); }
  [[nodiscard]] bool forget(detail::waiter& who) { return state().forget(who); }

  /// For clotho's own templates.
  explicit future(detail::state_ref<detail::future_state<T>> state) noexcept : state_(std::move(state)) {}
  [[nodiscard]] detail::state_ref<detail::future_core> share_state() const {
    return detail::state_ref<detail::future_core>::share(state());
  }
  [[nodiscard]] detail::state_ref<detail::future_state<T>> take_state() && {
    (void)state();
    return std::exchange(state_, {});
  }

 private:
  detail::future_state<T>& state() const {
    if (!state_) throw argument_error("this future is empty: it was moved from, or its result was taken");
    return *state_;
  }
  template <class F> auto continued(detail::place where, F&& f);

  detail::state_ref<detail::future_state<T>> state_;
};

template <class T> class future<T>::awaiter {
 public:
  explicit awaiter(future awaited) : awaited_(std::move(awaited)) {}

  [[nodiscard]] bool await_ready() const { return awaited_.ready(); }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> self) {
    waiter_ = detail::coroutine_waiter(self);
    return begin(detail::stop_token_of(self));
  }
  T await_resume() {
    on_stop_.reset();
    return awaited_.get();
  }

 private:
  struct canceller {
    detail::future_core& state;
    void operator()() const { state.cancel(); }
  };
  // Not inlined into await_suspend: it must not touch the frame after somebody may have resumed it.
  [[gnu::noinline]] bool begin(std::stop_token stop) {
    if (stop.stop_possible()) on_stop_.emplace(std::move(stop), canceller{awaited_.state()});
    return awaited_.on_ready(waiter_);
  }

  future awaited_;
  detail::coroutine_waiter waiter_;
  std::optional<std::stop_callback<canceller>> on_stop_;
};

/// Runs `f` on `where` and returns at once with the future of what it returns. `f` may take a std::stop_token, through
/// which future::cancel asks it to stop. Costs one allocation. Throws what `submit` throws.
template <class F> [[nodiscard]] auto async(thread_pool& where, F&& f) {
  return detail::start_async(detail::place(where), {}, std::forward<F>(f));
}
template <class F> [[nodiscard]] auto async(executor& where, F&& f) {
  return detail::start_async(detail::place(where), {}, std::forward<F>(f));
}
/// The same; a request of `stop` cancels the future.
template <class F> [[nodiscard]] auto async(executor& where, std::stop_token stop, F&& f) {
  return detail::start_async(detail::place(where), std::move(stop), std::forward<F>(f));
}

template <class T> template <class F> auto future<T>::continued(detail::place where, F&& f) {
  using state = detail::then_state<T, std::decay_t<F>>;
  auto before = std::move(*this).take_state();
  before->observe(); // the failure goes on to what is made here
  auto made = detail::state_ref<state>::adopt(new state(std::move(where), std::forward<F>(f), std::move(before)));
  made->begin();
  return detail::as_future<typename state::result_type>(std::move(made));
}

/// A coroutine started on `where`, as a future. Cancelling asks the coroutine to stop.
template <class T> [[nodiscard]] future<T> spawn(executor& where, task<T> work) {
  using state = detail::spawned_state<T>;
  auto made = detail::state_ref<state>::adopt(new state(detail::place(where)));
  detail::start(std::move(work), &where,
                [held = detail::state_ref<state>::share(*made)](detail::outcome<T>&& ended) noexcept {
                  held->end(std::move(ended));
                },
                made->stop_token());
  return detail::as_future<T>(std::move(made));
}

} // namespace clotho
