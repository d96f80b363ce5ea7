#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <exception>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/log.hpp>
#include <clotho/sched/detail/describe.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

/// A result that is set by hand.
template <class T> class promise_state final : public future_state<T> {
 public:
  promise_state(place where, log_sink failures)
      : future_state<T>(std::move(where), future_core::stage::awaiting), failures_(std::move(failures)) {}

  /// False: the future was cancelled, and nobody wants the result.
  template <class Set> bool end(Set set) {
    if (!this->claim()) return false;
    try {
      set(this->result);
    } catch (...) {
      this->fail(std::current_exception());
      throw;
    }
    this->complete();
    return true;
  }

 private:
  void report(std::exception_ptr unseen) noexcept override {
    failures_(log_level::error, "a promise failed: " + describe(unseen));
    future_core::report(std::move(unseen));
  }

  log_sink failures_;
};

} // namespace detail

/// Sets the result of a future by hand, once. For one thread at a time; setting wakes who waits. A promise that goes
/// without a result fails its future with cancelled_error.
template <class T> class promise {
 public:
  /// What continues from the future runs in the thread that sets the result, unless it says otherwise. A failure that
  /// nobody observes is told to `failures`.
  explicit promise(log_sink failures = {}) : promise(detail::place(), std::move(failures)) {}
  /// What continues from the future runs on `where`, which is also told of failures that nobody observes.
  explicit promise(executor& where) : promise(detail::place(where), {}) {}
  promise(promise&& other) noexcept = default;
  promise& operator=(promise&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(handed_out_, other.handed_out_);
    std::swap(set_, other.set_);
    return *this;
  }
  ~promise() {
    if (state_ && !set_)
      set_exception(std::make_exception_ptr(cancelled_error("a promise was dropped without a result")));
  }

  /// Once; throws argument_error afterwards.
  [[nodiscard]] future<T> get_future() {
    if (!state_ || std::exchange(handed_out_, true))
      throw argument_error("the future of this promise was handed out already");
    return future<T>(detail::state_ref<detail::future_state<T>>::share(*state_));
  }

  /// Throws argument_error when there is a result already. Returns false when the future was cancelled: then it has no
  /// effect.
  template <class... Args> bool set_value(Args&&... args) {
    return set([&](detail::outcome<T>& result) { result.set_value(std::forward<Args>(args)...); });
  }
  bool set_exception(std::exception_ptr why) {
    if (!why) throw argument_error("a promise was to fail without an exception");
    return set([&](detail::outcome<T>& result) { result.set_exception(std::move(why)); });
  }

 private:
  using state = detail::promise_state<T>;
  promise(detail::place where, log_sink failures)
      : state_(detail::state_ref<state>::adopt(new state(std::move(where), std::move(failures)))) {}

  template <class Set> bool set(Set how) {
    if (!state_ || std::exchange(set_, true)) throw argument_error("this promise has its result already");
    return state_->end(how);
  }

  detail::state_ref<state> state_;
  bool handed_out_ = false;
  bool set_ = false;
};

/// A future that is ready.
template <class T> [[nodiscard]] future<std::decay_t<T>> make_ready_future(T&& value) {
  promise<std::decay_t<T>> made;
  made.set_value(std::forward<T>(value));
  return made.get_future();
}
[[nodiscard]] inline future<void> make_ready_future() {
  promise<void> made;
  made.set_value();
  return made.get_future();
}

} // namespace clotho
