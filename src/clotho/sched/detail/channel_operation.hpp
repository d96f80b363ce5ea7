#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <coroutine>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include <clotho/sched/detail/channel_core.hpp>
#include <clotho/sched/detail/coroutine_promise.hpp>
#include <clotho/sched/detail/process.hpp>
#include <clotho/sched/detail/waiter.hpp>

namespace clotho::detail {

/// Receives, and what it has received.
template <class T> class receiving {
 public:
  static constexpr bool sends = false;
  using result = T;

  [[nodiscard]] void* slot() noexcept { return &item_; }
  attempt attempt_on(channel_core<T>& where) { return where.try_receive(item_); }
  T take() { return std::move(*item_); }
  [[nodiscard]] std::optional<T>& item() noexcept { return item_; }

 private:
  std::optional<T> item_;
};

/// Sends a value that lies elsewhere.
template <class T> class sending {
 public:
  static constexpr bool sends = true;
  using result = void;

  explicit sending(T& value) noexcept : value_(&value) {}
  [[nodiscard]] void* slot() noexcept { return value_; }
  attempt attempt_on(channel_core<T>& where) { return where.try_send(*value_); }
  void take() const noexcept {}

 private:
  T* value_;
};

/// Sends a value of its own.
template <class T> class sending_own {
 public:
  static constexpr bool sends = true;
  using result = void;

  explicit sending_own(T&& value) : value_(std::move(value)) {}
  [[nodiscard]] void* slot() noexcept { return &value_; }
  attempt attempt_on(channel_core<T>& where) { return where.try_send(value_); }
  void take() const noexcept {}

 private:
  T value_;
};

/// One operation on one channel, from its attempt to its result. Does not move while it waits.
template <class T, class Action> class channel_operation {
 public:
  template <class... Args>
  explicit channel_operation(channel_core<T>& where, Args&&... args)
      : where_(where), action_(std::forward<Args>(args)...) {}
  channel_operation(const channel_operation&) = delete;
  channel_operation& operator=(const channel_operation&) = delete;

  /// Attempts it; where it has to wait, queues it and returns true. Then `owner` will be woken, and both may
  /// be gone on return. `who`: the watched process that does nothing else meanwhile.
  bool start(waiter& owner, process* who) {
    std::unique_lock hold(where_.lock());
    const attempt made = action_.attempt_on(where_);
    if (made.status != op_status::waiting) {
      offer_.result = made.status;
      hold.unlock();
      complete_all(made.taken);
      return false;
    }
    if (offer_.result == op_status::cancelled) [[unlikely]]
      return false;
    offer_.slot = action_.slot();
    offer_.owner = &owner;
    offer_.sends = Action::sends;
    if (who != nullptr) [[unlikely]] {
      queue_watched(*who);
      hold.release();
      return true;
    }
    where_.enlist(offer_);
    return true;
  }

  /// Attempts it, and nothing more. False: it would have to wait.
  bool try_now() {
    attempt made;
    {
      const std::lock_guard hold(where_.lock());
      made = action_.attempt_on(where_);
    }
    offer_.result = made.status;
    complete_all(made.taken);
    return made.status != op_status::waiting;
  }

  /// Gives up, unless it is complete already. True: it was queued, and its owner is to be woken.
  bool cancel() noexcept { return where_.cancel(offer_); }
  /// Takes a queued operation back. False: it was completed, and its owner has been or will be woken.
  bool withdraw() noexcept { return where_.withdraw(offer_); }

  /// Once it is complete: its result, or its failure.
  typename Action::result finish() {
    if (offer_.who != nullptr) [[unlikely]]
      offer_.who->resumes();
    if (offer_.result != op_status::done) [[unlikely]]
      where_.raise(offer_.result, Action::sends, offer_.failure);
    return action_.take();
  }

 private:
  // The lock is held, and released.
  [[gnu::noinline]] void queue_watched(process& who) {
    channel_core<T>& where = where_; // *this may be gone once it is queued and the lock released
    offer_.channel = &where;
    offer_.who = &who;
    const std::shared_ptr<network_watch> stuck = who.blocks(offer_);
    where.enlist(offer_);
    where.lock().unlock();
    if (stuck != nullptr) stuck->find_deadlock();
  }

  channel_core<T>& where_;
  offer offer_;
  Action action_;
};

/// Performs an operation in the calling thread, which blocks until it is complete.
template <class Action, class T, class... Args>
typename Action::result perform(channel_core<T>& where, Args&&... args) {
  channel_operation<T, Action> operation(where, std::forward<Args>(args)...);
  thread_waiter self;
  if (operation.start(self, process::current())) self.wait();
  return operation.finish();
}

/// The same until `deadline` at the latest; nothing, when it was not complete by then.
template <class T, class Action>
bool perform_until(channel_operation<T, Action>& operation, std::chrono::steady_clock::time_point deadline) {
  if (deadline <= std::chrono::steady_clock::now()) return operation.try_now();
  thread_waiter self;
  if (!operation.start(self, nullptr)) return true;
  if (self.wait_until(deadline)) return true;
  if (operation.withdraw()) return false;
  self.wait();
  return true;
}

/// `co_await` performs an operation. Its coroutine must not be destroyed while it waits. Throws
/// cancelled_error when the coroutine is asked to stop meanwhile.
template <class T, class Action> class [[nodiscard("nothing happens until it is awaited")]] channel_awaiter {
 public:
  template <class... Args>
  explicit channel_awaiter(channel_core<T>& where, Args&&... args)
      : operation_(where, std::forward<Args>(args)...) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  // Not inlined: clang 14 would put its temporaries into the frame, which may be gone before they end.
  template <class Promise> [[gnu::noinline]] bool await_suspend(std::coroutine_handle<Promise> self) {
    self_ = coroutine_waiter(self);
    if constexpr (has_stop_token<Promise>)
      if (self.promise().stop_token().stop_possible()) return start_stoppable(self.promise().stop_token());
    return operation_.start(self_, process_of(self));
  }
  typename Action::result await_resume() {
    on_stop_.reset(); // Waits until a cancellation that runs elsewhere is over.
    return operation_.finish();
  }

 private:
  struct canceller {
    channel_awaiter& self;
    void operator()() const {
      if (self.operation_.cancel()) self.self_.wake();
    }
  };

  bool start_stoppable(const std::stop_token& stop) {
    if (operation_.try_now()) return false;
    // Before it is queued, after which it may be gone. A request that comes in between is noted.
    on_stop_.emplace(stop, canceller{*this});
    return operation_.start(self_, nullptr);
  }

  channel_operation<T, Action> operation_;
  coroutine_waiter self_;
  std::optional<std::stop_callback<canceller>> on_stop_;
};

/// Receives, or finds that nothing will come any more.
template <class T> class next_awaiter : public channel_awaiter<T, receiving<T>> {
 public:
  using next_awaiter::channel_awaiter::channel_awaiter;

  std::optional<T> await_resume() {
    try {
      return next_awaiter::channel_awaiter::await_resume();
    } catch (const channel_retired&) {
      return std::nullopt;
    }
  }
};

} // namespace clotho::detail
