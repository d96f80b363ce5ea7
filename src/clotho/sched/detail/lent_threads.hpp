#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <clotho/core/executor.hpp>
#include <clotho/core/log.hpp>
#include <clotho/sched/blocking_scope.hpp>
#include <clotho/sched/detail/describe.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho::detail {

/// What the executors have in common that hand work to threads of somebody else, who knows nothing of clotho: they
/// count it, so that none outlives them, and tell the log what it throws.
class lent_threads : public executor {
 public:
  void unobserved(std::exception_ptr failure) noexcept override { state_->report(failure); }

 protected:
  /// `whose`: how messages call the threads.
  lent_threads(std::string whose, log_sink log) : state_(std::make_shared<state>(std::move(whose), std::move(log))) {}

  /// Waits until all work has gone. First of all in the destructor of what is derived from this, as work may ask that
  /// whether it runs there.
  void wait_for_work() const noexcept { state_->wait(); }

  /// `work` as something to give away. It counts until it is destroyed, whether it ran or not.
  /// Throws argument_error for an empty function.
  [[nodiscard]] auto counted(std::function<void()> work) const {
    check_not_empty(work);
    return counted_work(state_, std::move(work));
  }
  /// Whether the calling thread is in the middle of such work.
  [[nodiscard]] bool runs_here() const noexcept { return state_->runs_here(); }

 private:
  // Lives until the last piece of work has gone, which may be a moment after the executor has.
  class state {
   public:
    state(std::string whose, log_sink log) : whose_(std::move(whose)), log_(std::move(log)) {}

    void begin() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
    void end() noexcept {
      count_.fetch_sub(1, std::memory_order_release); // pairs with the load in wait: what the work did
      count_.notify_all();
    }
    void wait() const noexcept {
      const blocking_scope replaced;
      while (const std::size_t left = count_.load(std::memory_order_acquire))
        count_.wait(left, std::memory_order_acquire);
    }
    void run(const std::function<void()>& work) noexcept {
      const frame here{this, innermost};
      innermost = &here;
      try {
        work();
      } catch (...) {
        report(std::current_exception());
      }
      innermost = here.outer;
    }
    [[nodiscard]] bool runs_here() const noexcept {
      const frame* at = innermost;
      while (at != nullptr && at->of != this) at = at->outer;
      return at != nullptr;
    }
    void report(const std::exception_ptr& failure) const noexcept {
      log_(log_level::error, "work on " + whose_ + " failed: " + describe(failure));
    }

   private:
    struct frame {
      const state* of;
      const frame* outer;
    };
    static inline constinit thread_local const frame* innermost = nullptr;

    std::atomic<std::size_t> count_{0};
    const std::string whose_;
    const log_sink log_;
  };

  // Callable once, though const: oneTBB keeps what it is given so.
  class counted_work {
   public:
    counted_work(std::shared_ptr<state> by, std::function<void()> work) : by_(std::move(by)), work_(std::move(work)) {
      by_->begin();
    }
    counted_work(counted_work&&) noexcept = default;
    counted_work& operator=(counted_work&&) = delete;
    ~counted_work() {
      if (!by_) return;
      work_ = nullptr; // before it is not counted any more
      by_->end();
    }
    void operator()() const { by_->run(work_); }

   private:
    std::shared_ptr<state> by_;
    std::function<void()> work_;
  };

  std::shared_ptr<state> state_;
};

} // namespace clotho::detail
