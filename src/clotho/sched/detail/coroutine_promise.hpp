#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <coroutine>
#include <stop_token>
#include <utility>

#include <clotho/sched/detail/waiter.hpp>

namespace clotho::detail {

/// A promise type that carries a request to stop.
template <class Promise>
concept has_stop_token = requires(Promise& promise) {
  { promise.stop_token() } -> std::convertible_to<std::stop_token>;
};

/// What asks a coroutine to stop; nothing does where its promise has no token.
template <class Promise> [[nodiscard]] std::stop_token stop_token_of(std::coroutine_handle<Promise> handle) {
  if constexpr (has_stop_token<Promise>)
    return handle.promise().stop_token();
  else
    return {};
}

/// What the promises of clotho's coroutines share: where the coroutine belongs, what asks it to stop, and who
/// awaits it.
class coroutine_promise {
 public:
  [[nodiscard]] executor* where() const noexcept { return chosen_ != nullptr ? chosen_ : inherited_; }
  [[nodiscard]] const std::stop_token& stop_token() const noexcept {
    return own_stop_.stop_possible() ? own_stop_ : inherited_stop_;
  }

  /// From now on the coroutine belongs to `chosen`; null: to where it inherited.
  executor* move_to(executor* chosen) noexcept { return std::exchange(chosen_, chosen); }
  /// Listens to `stop` instead of what it would inherit.
  void stop_with(std::stop_token stop) noexcept { own_stop_ = std::move(stop); }

  void inherit(executor* where, std::stop_token stop) noexcept {
    inherited_ = where;
    inherited_stop_ = std::move(stop);
  }
  /// `parent` awaits this coroutine, which takes over what it has not chosen itself.
  template <class Promise> void awaited_by(std::coroutine_handle<Promise> parent) {
    parent_ = parent;
    inherit(executor_of(parent), stop_token_of(parent));
  }

  /// Resumes the parent where it belongs: by the trampoline when that is here. This coroutine is suspended;
  /// it may be gone on return.
  void resume_parent() noexcept {
    const std::coroutine_handle<> parent = std::exchange(parent_, nullptr);
    resume_on(inherited_ == where() ? nullptr : inherited_, parent);
  }

  std::suspend_always initial_suspend() noexcept { return {}; }

 private:
  executor* chosen_ = nullptr;
  executor* inherited_ = nullptr;
  std::stop_token own_stop_;
  std::stop_token inherited_stop_;
  std::coroutine_handle<> parent_;
};

} // namespace clotho::detail
