#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <mutex>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

#include <clotho/sched/detail/short_lock.hpp>
#include <clotho/sched/detail/future_core.hpp>

namespace clotho {
template <class T> class future;
}

namespace clotho::detail {

template <class T, class State> [[nodiscard]] future<T> as_future(state_ref<State> made) {
  return future<T>(state_ref<future_state<T>>::adopt(made.leave()));
}

template <class F> inline constexpr bool takes_stop_token = std::is_invocable_v<F&, std::stop_token>;

/// A function to be called, with a token that asks it to stop if it takes one.
template <class F> class stoppable {
 public:
  template <class G> explicit stoppable(G&& f) : body_(std::forward<G>(f)) {}

  decltype(auto) operator()() {
    if constexpr (takes_stop_token<F>)
      return (*body_)(stop_.get_token());
    else
      return (*body_)();
  }
  void reset() noexcept { body_.reset(); }
  void request_stop() noexcept {
    if constexpr (takes_stop_token<F>) stop_.request_stop();
  }

 private:
  struct nothing {};
  std::optional<F> body_;
  [[no_unique_address]] std::conditional_t<takes_stop_token<F>, std::stop_source, nothing> stop_;
};

template <class F> using stoppable_result = decltype(std::declval<stoppable<F>&>()());

/// A function that was submitted.
template <class F> class async_state final : public future_state<stoppable_result<F>> {
 public:
  using result_type = stoppable_result<F>;

  template <class G>
  async_state(place where, G&& f) : future_state<result_type>(std::move(where), future_core::stage::queued), body_(std::forward<G>(f)) {}

  /// Before it is shared. Throws what submit throws.
  void begin(std::stop_token stop) {
    if (stop.stop_requested()) return static_cast<void>(this->cancel());
    this->retain(); // for the queue
    try {
      this->where().submit(*this);
    } catch (...) {
      this->release();
      throw;
    }
    if (stop.stop_possible()) on_stop_.emplace(std::move(stop), canceller{*this});
  }

 private:
  struct canceller {
    future_core& state;
    void operator()() const { // may overlap with the end of the state, which waits for it
      if (!state.retain_if_alive()) return;
      state.cancel();
      state.release();
    }
  };

  void compute() noexcept override { this->result.set_from([this]() -> decltype(auto) { return body_(); }); }
  void drop() noexcept override { body_.reset(); }
  void ask_to_stop() noexcept override { body_.request_stop(); }

  stoppable<F> body_;
  std::optional<std::stop_callback<canceller>> on_stop_;
};

template <class F> auto start_async(place where, std::stop_token stop, F&& f) {
  using state = async_state<std::decay_t<F>>;
  auto made = state_ref<state>::adopt(new state(std::move(where), std::forward<F>(f)));
  made->begin(std::move(stop));
  return as_future<typename state::result_type>(std::move(made));
}

// What `then` calls its function with: the ready future, if it takes that; else the value.
template <class F, class T> inline constexpr bool takes_future = std::is_invocable_v<F&, future<T>>;
template <class F, class T> auto then_result() {
  if constexpr (takes_future<F, T>)
    return std::type_identity<std::invoke_result_t<F&, future<T>>>();
  else if constexpr (std::is_void_v<T>)
    return std::type_identity<std::invoke_result_t<F&>>();
  else
    return std::type_identity<std::invoke_result_t<F&, T>>();
}

/// A function to be called with the result of another future.
template <class T, class F>
class then_state final : public future_state<typename decltype(then_result<F, T>())::type>, private waiter {
 public:
  using result_type = typename decltype(then_result<F, T>())::type;

  template <class G>
  then_state(place where, G&& f, state_ref<future_state<T>> before)
      : future_state<result_type>(std::move(where), future_core::stage::awaiting),
        body_(std::forward<G>(f)),
        before_(std::move(before)) {}

  void begin() {
    this->retain(); // for the wake-up
    if (!before_->on_ready(*this)) wake();
  }

 private:
  void wake() override {
    if (this->admit()) this->enqueue(true);
    this->release();
  }

  void compute() noexcept override {
    auto before = take_before();
    this->result.set_from([&]() -> decltype(auto) {
      if constexpr (takes_future<F, T>) {
        return (*body_)(future<T>(std::move(before)));
      } else if constexpr (std::is_void_v<T>) {
        before->result.take();
        return (*body_)();
      } else {
        return (*body_)(before->result.take());
      }
    });
  }
  void drop() noexcept override {
    body_.reset();
    (void)take_before();
  }
  // A thread that waits may look for what this depends on while the completing one takes it.
  state_ref<future_state<T>> take_before() noexcept {
    const std::lock_guard lock(lock_);
    return std::exchange(before_, {});
  }
  state_ref<future_core> upstream(std::size_t i) override {
    const std::lock_guard lock(lock_);
    if (i != 0 || !before_) return {};
    return state_ref<future_core>::share(*before_);
  }

  std::optional<F> body_;
  short_lock lock_;
  state_ref<future_state<T>> before_;
};

/// A coroutine that was started.
template <class T> class spawned_state final : public future_state<T> {
 public:
  explicit spawned_state(place where) : future_state<T>(std::move(where), future_core::stage::claimed) {}

  [[nodiscard]] std::stop_token stop_token() const noexcept { return stop_.get_token(); }
  void end(outcome<T>&& ended) noexcept {
    this->result = std::move(ended);
    this->complete();
  }

 private:
  void ask_to_stop() noexcept override { stop_.request_stop(); }

  std::stop_source stop_;
};

} // namespace clotho::detail
