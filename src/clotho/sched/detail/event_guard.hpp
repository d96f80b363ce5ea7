#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/short_lock.hpp>
#include <clotho/sched/detail/select_operation.hpp>
#include <clotho/sched/detail/selection.hpp>
#include <clotho/sched/detail/waiter.hpp>
#include <clotho/sched/timer.hpp>

namespace clotho::detail {

/// What `on` accepts: something that becomes ready once, and tells one waiter of each who asked.
/// - `ready()`: whether it is. Called under locks of channels: must not use one, or block.
/// - `on_ready(waiter)`: false, when it is ready already; else it will call wake() once it is.
/// - `forget(waiter)`: true, when it will not call wake() any more; false, when it has, or is about to.
template <class F>
concept observable = requires(F& future, waiter& who) {
  { future.ready() } -> std::convertible_to<bool>;
  { future.on_ready(who) } -> std::same_as<bool>;
  { future.forget(who) } -> std::same_as<bool>;
};

/// Commits a guard when called, unless another has.
struct committer {
  selection* waiting;
  std::uint32_t index;
  void operator()() const {
    if (waiting->claim()) waiting->commit(index);
  }
};

/// Calls a committer when a stop is requested. Moving it leaves both without a call. Not inline: g++ 12 sees
/// uninitialised memory in an empty std::optional of such a callback.
class stop_registration {
 public:
  stop_registration() noexcept;
  stop_registration(stop_registration&&) noexcept;
  ~stop_registration();

  /// Calls at once, in here, when a stop was requested before.
  void begin(const std::stop_token& stop, const committer& call);
  /// Waits until a call that runs in another thread is over.
  void end() noexcept;

 private:
  std::optional<std::stop_callback<committer>> callback_;
};

/// Ends the select of a coroutine that is asked to stop while it waits.
class cancel_guard final : public guard_base {
 public:
  cancel_guard() noexcept : guard_base(kind::cancel) { enable(false); }

  void listen(std::stop_token stop) {
    enable(stop.stop_possible());
    stop_ = std::move(stop);
  }

  attempt poll() override { return {}; }
  bool enrol(selection& waiting, std::uint32_t index) override {
    callback_.begin(stop_, committer{&waiting, index});
    return true;
  }
  void withdraw() noexcept override { callback_.end(); }
  void act() override { throw cancelled_error("asked to stop while waiting in a select"); }

 private:
  std::stop_token stop_;
  stop_registration callback_;
};

/// Stands between a select and something it waits for, which may be about to call wake() when the select has
/// already gone on with another guard. Shared by the two.
class observer final : public waiter {
 public:
  observer(selection& waiting, std::uint32_t index) noexcept : waiting_(&waiting), index_(index) {}

  void wake() override {
    selection* claimed = nullptr;
    {
      const std::lock_guard hold(lock_);
      if (waiting_ != nullptr && waiting_->claim()) claimed = waiting_;
    }
    const std::uint32_t index = index_;
    release();
    if (claimed != nullptr) claimed->commit(index); // It waits for that, so it is still there.
  }

  /// The select goes on: from here on a wake-up does nothing.
  void detach() noexcept {
    {
      const std::lock_guard hold(lock_);
      waiting_ = nullptr;
    }
    release();
  }
  /// There will be no wake-up.
  void release() noexcept {
    // Release, then acquire: whoever is last has seen what the other has done.
    if (shares_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  ~observer() = default;

  short_lock lock_;
  selection* waiting_; ///< null: it goes on already
  const std::uint32_t index_;
  std::atomic<int> shares_{2}; ///< the select's and the wake-up's
};

/// Commits when a timer says so; see timeout().
template <class Action> class timer_guard final : public guard_base {
 public:
  timer_guard(timer& clock, std::chrono::steady_clock::time_point due, Action action)
      : guard_base(kind::timeout), clock_(&clock), due_(due), action_(std::move(action)) {}

  attempt poll() override {
    const bool over = due_ <= std::chrono::steady_clock::now();
    return {over ? op_status::done : op_status::waiting, nullptr};
  }
  bool enrol(selection& waiting, std::uint32_t index) override {
    call_ = clock_->call_at(due_, committer{&waiting, index});
    return true;
  }
  void withdraw() noexcept override { call_.cancel(); }
  void act() override { action_(); }

 private:
  timer* clock_;
  std::chrono::steady_clock::time_point due_;
  timer::call call_; ///< while enrolled
  Action action_;
};

/// Commits when something else is ready; see on().
template <observable Future, class Action> class future_guard final : public guard_base {
 public:
  future_guard(Future& awaited, Action action)
      : guard_base(kind::event), awaited_(&awaited), action_(std::move(action)) {}

  attempt poll() override { return {awaited_->ready() ? op_status::done : op_status::waiting, nullptr}; }
  bool enrol(selection& waiting, std::uint32_t index) override {
    observer_ = new observer(waiting, index);
    bool told = false; // Neither when it is ready already nor when it throws.
    const auto forget = [&] {
      if (told) return;
      observer_->release();
      std::exchange(observer_, nullptr)->detach();
    };
    try {
      told = awaited_->on_ready(*observer_);
    } catch (...) {
      forget();
      throw;
    }
    forget();
    return told;
  }
  void withdraw() noexcept override {
    if (observer_ == nullptr) return;
    if (awaited_->forget(*observer_)) observer_->release();
    std::exchange(observer_, nullptr)->detach();
  }
  void act() override { action_(); }

 private:
  Future* awaited_;
  observer* observer_ = nullptr; ///< while enrolled
  Action action_;
};

/// Commits when a stop is requested; see stopped().
template <class Action> class stop_guard final : public guard_base {
 public:
  stop_guard(std::stop_token token, Action action)
      : guard_base(kind::event), token_(std::move(token)), action_(std::move(action)) {
    if (!token_.stop_possible()) rule_out();
  }

  attempt poll() override {
    return {token_.stop_requested() ? op_status::done : op_status::waiting, nullptr};
  }
  bool enrol(selection& waiting, std::uint32_t index) override {
    callback_.begin(token_, committer{&waiting, index});
    return true;
  }
  void withdraw() noexcept override { callback_.end(); }
  void act() override { action_(); }

 private:
  std::stop_token token_;
  stop_registration callback_;
  Action action_;
};

} // namespace clotho::detail
