#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/coroutine_promise.hpp>
#include <clotho/sched/this_task.hpp>

namespace clotho {

template <class T> class async_generator;

namespace detail {

template <class T> class generator_promise : public coroutine_promise {
 public:
  struct yield_awaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<generator_promise> self) const noexcept {
      self.promise().resume_parent();
    }
    void await_resume() const noexcept {}
  };

  async_generator<T> get_return_object() noexcept;
  yield_awaiter final_suspend() noexcept { return {}; }
  void return_void() noexcept {}
  void unhandled_exception() noexcept { failure_ = std::current_exception(); }

  template <class U = T>
  requires std::is_convertible_v<U, T> yield_awaiter yield_value(U&& value) {
    value_.emplace(std::forward<U>(value));
    return {};
  }

  std::optional<T> take() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return std::exchange(value_, std::nullopt);
  }

 private:
  std::optional<T> value_;
  std::exception_ptr failure_;
};

} // namespace detail

/// A coroutine that gives values one after the other, each when it is asked for, and may await in between. As
/// Python's asynchronous generators.
///
///     async_generator<int> lines(async_event& ready) { co_await ready.wait(); co_yield 1; co_yield 2; }
///     while (const auto line = co_await source.next()) use(*line);
///
/// For one coroutine at a time, which need not be the same each time: the generator belongs to the executor
/// of whoever asks, until it moves itself by `co_await executor`. Destroyed between two values, it ends
/// there: what it holds is destroyed. Not to be destroyed while someone waits for a value.
template <class T> class [[nodiscard]] async_generator {
 public:
  using promise_type = detail::generator_promise<T>;

  async_generator(async_generator&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  async_generator& operator=(async_generator&& other) noexcept {
    async_generator(std::move(other)).swap(*this);
    return *this;
  }
  ~async_generator() {
    if (frame_) frame_.destroy();
  }

  class next_awaiter;
  /// `co_await` gives the next value, or nothing at the end and ever after. Throws, once, what the generator
  /// threw, which then is at its end. Throws argument_error when it was moved from.
  [[nodiscard]] next_awaiter next() {
    if (!frame_) throw argument_error("this generator was moved from");
    return next_awaiter(frame_);
  }

  void swap(async_generator& other) noexcept { std::swap(frame_, other.frame_); }

 private:
  friend promise_type;
  using handle = std::coroutine_handle<promise_type>;
  explicit async_generator(handle frame) noexcept : frame_(frame) {}

  handle frame_;
};

template <class T> class [[nodiscard]] async_generator<T>::next_awaiter {
 public:
  explicit next_awaiter(handle frame) noexcept : frame_(frame) {}

  [[nodiscard]] bool await_ready() const noexcept { return frame_.done(); }
  template <class Promise> void await_suspend(std::coroutine_handle<Promise> parent) {
    promise_type& promise = frame_.promise();
    promise.awaited_by(parent);
    // Where it belongs, if that is elsewhere.
    detail::resume_on(promise.where() == detail::executor_of(parent) ? nullptr : promise.where(), frame_);
  }
  std::optional<T> await_resume() { return frame_.promise().take(); }

 private:
  handle frame_;
};

namespace detail {

template <class T> async_generator<T> generator_promise<T>::get_return_object() noexcept {
  return async_generator<T>(std::coroutine_handle<generator_promise>::from_promise(*this));
}

} // namespace detail

} // namespace clotho
