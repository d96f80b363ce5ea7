#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <coroutine>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/coroutine_promise.hpp>
#include <clotho/sched/detail/waiter.hpp>
#include <clotho/sched/detail/waiter_list.hpp>

namespace clotho::detail {

/// Something that can be waited for: a mutex and those who wait. `Derived` has `bool take()`, called under
/// the lock, which takes what is waited for, if it is there; and may have `void taken(lock&)`, called after
/// that.
///
/// Must outlive everybody who waits, until his await has returned.
template <class Derived> class wait_source {
 public:
  using entry = wait_entry;

  wait_source() = default;
  wait_source(const wait_source&) = delete;
  wait_source& operator=(const wait_source&) = delete;

  /// Takes without waiting; whether it could.
  [[nodiscard]] bool try_enter(wait_entry& one) {
    std::unique_lock lock(mutex_);
    return take_for(one, lock);
  }
  /// Takes, or queues `one`: returns whether it has to wait, in which case it may be gone already.
  [[nodiscard]] bool enter(wait_entry& one) {
    std::unique_lock lock(mutex_);
    if (one.now == wait_entry::phase::cancelled || take_for(one, lock)) return false;
    line_.push(one);
    return true;
  }
  /// Gives up for `one`, unless it was granted. Returns whether it has to be woken.
  [[nodiscard]] bool leave(wait_entry& one) {
    const std::lock_guard lock(mutex_);
    return line_.cancel(one);
  }

 protected:
  ~wait_source() = default;

  /// Takes in the calling thread, which blocks until it can.
  void enter_blocking() {
    wait_entry one;
    if (try_enter(one)) return;
    thread_waiter self;
    one.who = &self;
    if (enter(one)) self.wait();
  }

  mutable std::mutex mutex_;
  waiter_list line_;

 private:
  bool take_for(wait_entry& one, std::unique_lock<std::mutex>& lock) {
    auto& self = static_cast<Derived&>(*this);
    if (!self.take()) return false;
    one.now = wait_entry::phase::granted;
    if constexpr (requires { self.taken(lock); }) self.taken(lock);
    return true;
  }
};

/// Waits in a coroutine for a Source: an entry that its source grants, or that a request to stop cancels,
/// whichever is first. For each awaiter to derive from, which adds await_resume.
template <class Source> class wait_operation {
 public:
  /// `stop` ends the wait; where it never can, what asks the coroutine to stop does.
  explicit wait_operation(Source& source, std::stop_token stop = {}) noexcept
      : source_(source), stop_(std::move(stop)) {}
  wait_operation(const wait_operation&) = delete;
  wait_operation& operator=(const wait_operation&) = delete;

  [[nodiscard]] bool await_ready() { return source_.try_enter(entry_); }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> self) {
    waiter_ = coroutine_waiter(self);
    if (cancellable_ && !stop_.stop_possible()) stop_ = stop_token_of(self);
    return begin();
  }

 protected:
  ~wait_operation() = default;

  /// What await_resume does first: whether it was granted, not cancelled.
  [[nodiscard]] bool finish() {
    on_stop_.reset(); // Waits until a cancellation that runs elsewhere is over.
    return entry_.now == wait_entry::phase::granted;
  }
  /// The same; throws cancelled_error when it was cancelled.
  void finish_or_throw(const char* what) {
    if (!finish()) throw cancelled_error(std::string("asked to stop while waiting for ") + what);
  }

  Source& source_;
  typename Source::entry entry_;
  bool cancellable_ = true; ///< whether the coroutine's own token counts

 private:
  struct canceller {
    wait_operation& self;
    void operator()() const noexcept {
      // Once it has left, nobody else wakes it: it stays where it is until then.
      if (self.source_.leave(self.entry_)) self.waiter_.wake();
    }
  };

  // Not inlined into await_suspend, see waiter.hpp.
  [[gnu::noinline]] bool begin() {
    entry_.who = &waiter_;
    // Before it can be woken, and so be gone; a request that comes in between marks it cancelled.
    if (stop_.stop_possible()) on_stop_.emplace(stop_, canceller{*this});
    return source_.enter(entry_);
  }

  std::stop_token stop_;
  coroutine_waiter waiter_;
  std::optional<std::stop_callback<canceller>> on_stop_;
};

} // namespace clotho::detail
