#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>

#include <clotho/sched/detail/native_atomics.hpp>

namespace clotho::detail {

/// Who sleeps, who searches, who is missing: decides when a worker may sleep and when one must be woken, so that
///
///     queued work and somebody idle imply a searcher, or a wake-up on its way.
///
/// src/clotho/sched/README.md holds the protocol and why it is right. A `Worker` has a member `Worker* below`,
/// which belongs to this class while the worker sleeps or is retired. Idle means asleep, or missing: a place
/// whose worker blocks, which a spare may take. All functions are safe from any thread.
template <class Worker, class Atomics = native_atomics> class idle_workers {
 public:
  /// `places` workers are to run at once; up to `spares` more stand in for blocked ones. A search is begun by at
  /// most half of the places: more would only disturb those that work.
  idle_workers(unsigned places, unsigned spares)
      : searchers_wanted_(std::max(1u, places / 2)), staff_(places), spares_left_(static_cast<int>(spares)) {}

  /// Right after work was queued: whether wake_one is due. Costs one load in most cases.
  [[nodiscard]] bool wake_due() const noexcept {
    Atomics::light_barrier(); // pairs with the heavy one between fall_asleep, or leave, and looking again
    return nobody_searches_but_some_idle(state_.load(std::memory_order_relaxed));
  }

  /// Whom to wake, now counted as searching. A null worker stands for a spare that the caller must start.
  struct claim {
    Worker* worker;
  };
  /// Nothing when somebody searches already, or nobody is idle.
  [[nodiscard]] std::optional<claim> wake_one() {
    const std::lock_guard lock(mutex_);
    if (!nobody_searches_but_some_idle(state_.load(std::memory_order_relaxed))) return std::nullopt;
    state_.fetch_add(one_searching, std::memory_order_seq_cst);
    if (Worker* const sleeper = pop(asleep_)) {
      --asleep_count_;
      publish_idle();
      return claim{sleeper};
    }
    --missing_;
    --spares_left_;
    ++staff_;
    publish_idle();
    return claim{pop(retired_)};
  }

  struct sleep {
    bool look_again;  ///< nobody searches: look behind a heavy barrier, and wake_one if there is work
    bool last_to_fall; ///< the pool closes and nobody is awake: look again, then ask close() before dismissing
  };
  /// A spare could not be started after all; none will be tried again until a place falls free. The result says what
  /// fall_asleep's does: who fell asleep meanwhile took the spare for a searcher.
  [[nodiscard]] sleep spare_failed() {
    const std::lock_guard lock(mutex_);
    ++missing_;
    --staff_;
    spares_left_ = 0;
    publish_idle();
    const std::uint64_t before = state_.fetch_sub(one_searching, std::memory_order_seq_cst);
    return {nobody_searches_but_some_idle(before - one_searching), closing_ && asleep_count_ == staff_};
  }

  /// A worker that found nothing of its own asks whether it may search.
  [[nodiscard]] bool start_search() noexcept {
    std::uint64_t seen = state_.load(std::memory_order_relaxed);
    while (searching(seen) < searchers_wanted_)
      if (state_.compare_exchange_weak(seen, seen + one_searching, std::memory_order_seq_cst,
                                       std::memory_order_relaxed))
        return true;
    return false;
  }

  /// A searcher found work. Returns whether it was the last one while others are idle: then it must look for
  /// more behind a heavy barrier, and wake one if there is any, as nobody woke them while it searched.
  [[nodiscard]] bool stop_search() noexcept {
    const std::uint64_t before = state_.fetch_sub(one_searching, std::memory_order_seq_cst);
    return nobody_searches_but_some_idle(before - one_searching);
  }

  /// The calling worker found nothing and is going to park. It is woken by being claimed, as a searcher.
  /// `spare`: it may be retired instead, when everyone it stood in for is back.
  [[nodiscard]] sleep fall_asleep(Worker& worker, bool was_searching, bool spare) {
    const std::lock_guard lock(mutex_);
    if (spare && missing_ < 0) {
      retire(worker);
    } else {
      push(asleep_, worker);
      ++asleep_count_;
    }
    publish_idle();
    if (was_searching) state_.fetch_sub(one_searching, std::memory_order_seq_cst);
    const bool unwatched = searching(state_.load(std::memory_order_seq_cst)) == 0;
    return {unwatched, closing_ && asleep_count_ == staff_};
  }

  /// A worker is going to block elsewhere; its place is missing until it is back. Returns whether it must look
  /// again as in fall_asleep.
  [[nodiscard]] bool leave() {
    const std::lock_guard lock(mutex_);
    ++missing_;
    publish_idle();
    return nobody_searches_but_some_idle(state_.load(std::memory_order_seq_cst));
  }
  /// It is back. Somebody who stood in for it and sleeps is retired.
  void come_back() {
    const std::lock_guard lock(mutex_);
    --missing_;
    if (Worker* const surplus = missing_ < 0 ? pop(asleep_) : nullptr) {
      --asleep_count_;
      retire(*surplus);
    }
    publish_idle();
  }

  /// Whether a spare that has nothing of its own should sleep rather than search: all places are taken. A guess.
  [[nodiscard]] bool crowded() const noexcept { return crowded_.load(std::memory_order_relaxed); }

  /// From now on, when all workers are asleep, and nothing is queued, there is nothing left to do. Returns whether all
  /// are asleep; may be asked again.
  [[nodiscard]] bool close() {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    return asleep_count_ == staff_;
  }

  /// The calling worker leaves for good. Returns whether it was the last one awake of a pool that closes.
  [[nodiscard]] bool resign() {
    const std::lock_guard lock(mutex_);
    --staff_;
    return closing_ && asleep_count_ == staff_;
  }

  /// Takes any worker that sleeps or is retired, to tell it to go; null when all are gone.
  [[nodiscard]] Worker* dismiss() {
    const std::lock_guard lock(mutex_);
    Worker* const retired = pop(retired_);
    if (retired != nullptr) return retired;
    Worker* const sleeper = pop(asleep_);
    if (sleeper != nullptr) {
      --asleep_count_;
      --staff_;
      publish_idle();
    }
    return sleeper;
  }

  /// For tests and reports; guesses.
  [[nodiscard]] unsigned searching_now() const noexcept {
    return searching(state_.load(std::memory_order_relaxed));
  }
  [[nodiscard]] unsigned idle_now() const noexcept { return idle(state_.load(std::memory_order_relaxed)); }

 private:
  static constexpr std::uint64_t one_searching = std::uint64_t{1} << 32;
  static unsigned searching(std::uint64_t state) noexcept { return static_cast<unsigned>(state >> 32); }
  static unsigned idle(std::uint64_t state) noexcept { return static_cast<unsigned>(state); }
  static bool nobody_searches_but_some_idle(std::uint64_t state) noexcept {
    return searching(state) == 0 && idle(state) > 0;
  }

  // Under the lock, after the counts have changed; the other half of the word belongs to the searchers.
  void publish_idle() noexcept {
    const unsigned now = asleep_count_ + static_cast<unsigned>(std::clamp(missing_, 0, spares_left_));
    const unsigned before = idle(state_.load(std::memory_order_relaxed));
    state_.fetch_add(std::uint64_t{now} - std::uint64_t{before}, std::memory_order_seq_cst);
    crowded_.store(missing_ < 0, std::memory_order_relaxed);
  }

  void retire(Worker& worker) noexcept {
    push(retired_, worker);
    ++missing_;
    ++spares_left_;
    --staff_;
  }

  static void push(Worker*& list, Worker& worker) noexcept {
    worker.below = list;
    list = &worker;
  }
  static Worker* pop(Worker*& list) noexcept {
    Worker* const top = list;
    if (top != nullptr) list = top->below;
    return top;
  }

  template <class T> using atomic = typename Atomics::template atomic<T>;

  const unsigned searchers_wanted_;
  alignas(64) atomic<std::uint64_t> state_{0}; // searching << 32 | idle
  atomic<bool> crowded_{false};
  alignas(64) typename Atomics::mutex mutex_;
  Worker* asleep_ = nullptr;
  Worker* retired_ = nullptr;
  unsigned asleep_count_ = 0;
  unsigned staff_;      // workers that are not retired, sleeping ones included
  int missing_ = 0;     // blocked workers less the spares that stand in for them
  int spares_left_;
  bool closing_ = false;
};

} // namespace clotho::detail
