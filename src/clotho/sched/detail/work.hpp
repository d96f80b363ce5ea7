#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <vector>

#include <clotho/sched/detail/waiter.hpp>

namespace clotho::detail {

class scope;
class worker;

/// A piece of work in a queue. Whoever takes it out calls `run` once, after which it may be gone.
struct work {
  using function = void (*)(work& self) noexcept;

  explicit work(function how, scope* counted = nullptr) noexcept : run(how), counted_by(counted) {}

  /// Whether it is part of what `awaited` has led to.
  [[nodiscard]] bool belongs_to(const scope& awaited) const noexcept;

  function run;
  scope* counted_by; ///< told when it has finished; null: nobody waits for it
  work* next = nullptr;
};

/// The exceptions of several threads, first come first.
class failures {
 public:
  failures() = default;
  ~failures() {
    if (any()) (void)take();
  }
  failures(const failures&) = delete;
  failures& operator=(const failures&) = delete;

  void add(std::exception_ptr what) noexcept;
  [[nodiscard]] bool any() const noexcept { return last_.load(std::memory_order_relaxed) != nullptr; }
  /// In the order in which they came; none are left. Only when nobody adds any more.
  [[nodiscard]] std::vector<std::exception_ptr> take() noexcept;

 private:
  struct node {
    std::exception_ptr what;
    node* before;
  };
  std::atomic<node*> last_{nullptr};
};

/// Work that somebody waits for together: the other half of a join, a task group, a future's task. Scopes nest
/// as the work does, so that a waiting worker can tell what its scope has led to from unrelated work.
class scope {
 public:
  explicit scope(scope* around, std::size_t unfinished = 0) noexcept
      : around_(around), depth_(around == nullptr ? 0 : around->depth_ + 1), state_(unfinished * one) {}
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;

  [[nodiscard]] scope* around() const noexcept { return around_; }

  /// Whether it is `outer` or inside it.
  [[nodiscard]] bool within(const scope& outer) const noexcept {
    const scope* at = this;
    while (at != nullptr && at->depth_ > outer.depth_) at = at->around_;
    return at == &outer;
  }

  /// `count` more pieces of work are on their way.
  void begin(std::size_t count) noexcept { state_.fetch_add(count * one, std::memory_order_relaxed); }

  /// `count` pieces have finished. The scope may be gone afterwards.
  void finish(std::size_t count) noexcept {
    // Release pairs with the load in unfinished(): the waiting thread sees what the work did.
    const std::uint64_t before = state_.fetch_sub(count * one, std::memory_order_acq_rel);
    if (before == (count * one | waited_for)) waiter_->wake();
  }

  [[nodiscard]] std::size_t unfinished() const noexcept {
    return state_.load(std::memory_order_acquire) / one;
  }

  /// Blocks the calling thread until nothing is unfinished, or `deadline` has passed. One thread at a time.
  void block_until(std::chrono::steady_clock::time_point deadline) {
    if (unfinished() == 0) return;
    thread_waiter waiting;
    waiter_ = &waiting;
    // Acquire-release pairs with finish, both ways: it sees waiter_, or we see that it was the last.
    const bool must_wait = state_.fetch_add(waited_for, std::memory_order_acq_rel) >= one;
    const bool woken = !must_wait || waiting.wait_until(deadline);
    const bool late = state_.fetch_sub(waited_for, std::memory_order_acq_rel) < one + waited_for;
    if (!woken && late) waiting.wait(); // it has finished after all: the wake-up is on its way
  }
  void block() { block_until(std::chrono::steady_clock::time_point::max()); }

 private:
  static constexpr std::uint64_t waited_for = 1;
  static constexpr std::uint64_t one = 2;

  scope* around_;
  std::uint32_t depth_;
  std::atomic<std::uint64_t> state_; // unfinished * 2 + whether waiter_ wants to be woken
  thread_waiter* waiter_ = nullptr;
};

inline bool work::belongs_to(const scope& awaited) const noexcept {
  return counted_by != nullptr && counted_by->within(awaited);
}

} // namespace clotho::detail
