#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <optional>
#include <utility>

#include <clotho/sched/channel.hpp>
#include <clotho/sched/detail/select_operation.hpp>

namespace clotho::detail {

struct no_action {
  template <class... Args> void operator()(Args&&...) const noexcept {}
};

/// Receives an item; see in().
template <class T, class Action> class in_guard final : public guard_base {
 public:
  in_guard(const reader<T>& from, Action action)
      : guard_base(kind::input), core_(&from.core()), action_(std::move(action)) {}

  attempt poll() override { return core_->try_receive(item_); }
  [[nodiscard]] channel_base* channel() const noexcept override { return core_; }
  [[nodiscard]] void* slot() noexcept override { return &item_; }
  void act() override {
    T item = std::move(*item_);
    item_.reset();
    action_(std::move(item));
  }

 private:
  channel_core<T>* core_;
  std::optional<T> item_;
  Action action_;
};

/// Sends an item; see out().
template <class T, class Action> class out_guard final : public guard_base {
 public:
  out_guard(const writer<T>& to, T value, Action action)
      : guard_base(kind::output), core_(&to.core()), value_(std::move(value)), action_(std::move(action)) {}

  /// What it sends, or would have sent. Moved from once it has committed.
  [[nodiscard]] T& value() noexcept { return value_; }

  attempt poll() override { return core_->try_send(value_); }
  [[nodiscard]] channel_base* channel() const noexcept override { return core_; }
  [[nodiscard]] void* slot() noexcept override { return &value_; }
  void act() override { action_(); }

 private:
  channel_core<T>* core_;
  T value_;
  Action action_;
};

/// Commits when no other guard is ready; see skip().
template <class Action> class skip_guard final : public guard_base {
 public:
  explicit skip_guard(Action action) : guard_base(kind::skip), action_(std::move(action)) {}

  attempt poll() override { return {op_status::done, nullptr}; }
  void act() override { action_(); }

 private:
  Action action_;
};

/// Commits when no other guard has for some time; see timeout().
template <class Action> class timeout_guard final : public guard_base {
 public:
  static constexpr bool needs_thread = true;

  timeout_guard(std::chrono::steady_clock::time_point due, Action action)
      : guard_base(kind::timeout), due_(due), action_(std::move(action)) {}

  attempt poll() override {
    const bool over = due_ <= std::chrono::steady_clock::now();
    return {over ? op_status::done : op_status::waiting, nullptr};
  }
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const noexcept override {
    return due_;
  }
  void act() override { action_(); }

 private:
  std::chrono::steady_clock::time_point due_;
  Action action_;
};

} // namespace clotho::detail
