#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

#include <clotho/sched/detail/outcome.hpp>
#include <clotho/sched/detail/place.hpp>
#include <clotho/sched/detail/waiter.hpp>
#include <clotho/sched/detail/work.hpp>

namespace clotho::detail {

template <class State> class state_ref;

/// What a future, and whoever brings about its result, share: all but the result itself. Counted; made with one
/// reference. One waiter at a time, as futures have one owner.
class future_core : public work {
 public:
  future_core(const future_core&) = delete;
  future_core& operator=(const future_core&) = delete;

  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  /// False when the last reference has gone: it is being destroyed.
  [[nodiscard]] bool retain_if_alive() noexcept {
    unsigned seen = references_.load(std::memory_order_relaxed);
    while (seen != 0 && !references_.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed)) {
    }
    return seen != 0;
  }
  void release() noexcept;

  [[nodiscard]] bool ready() const noexcept {
    return observer_.load(std::memory_order_acquire) == finished_mark(); // pairs with complete: the result
  }
  /// `who` is woken when it is ready. False: it is ready already. Throws argument_error when somebody waits already.
  [[nodiscard]] bool on_ready(waiter& who);
  /// Whether `who` will not be woken any more; else it has been, or is about to be.
  [[nodiscard]] bool forget(waiter& who) noexcept;

  /// Blocks. A worker runs the work itself, if it has not begun, and what it depends on; else what it has forked.
  /// Throws deadlock_error when the calling thread is in the middle of that work.
  void wait();
  [[nodiscard]] bool wait_until(std::chrono::steady_clock::time_point deadline);

  /// Keeps the work from beginning, in which case it ends with cancelled_error; or asks it to stop. Returns whether it
  /// was kept from beginning.
  bool cancel();

  [[nodiscard]] const place& where() const noexcept { return where_; }
  /// Somebody has seen the failure, or will see it somewhere else.
  void observe(bool seen = true) noexcept { observed_.store(seen, std::memory_order_relaxed); }
  [[nodiscard]] const std::vector<std::exception_ptr>& further_failures() const noexcept { return further_; }
  void add_further(std::exception_ptr failure) { further_.push_back(std::move(failure)); }

  /// Why there is no result; null when there is one. Only when ready.
  [[nodiscard]] virtual std::exception_ptr failure() const noexcept = 0;
  virtual void set_failure(std::exception_ptr why) noexcept = 0;

  /// Whether it cannot be ready before `other` is.
  [[nodiscard]] bool depends_on(const future_core& other);

 protected:
  enum class stage : unsigned char {
    awaiting, ///< not before something else has happened
    queued,   ///< may run: whoever claims it runs it
    claimed   ///< runs, or has run, or will not
  };

  future_core(place where, stage first) : work(&run_queued), stage_(first), where_(std::move(where)) {}
  virtual ~future_core() = default;

  /// Takes the right to bring about the result: one thread succeeds, once.
  [[nodiscard]] bool claim(stage from) noexcept {
    return stage_.compare_exchange_strong(from, stage::claimed, std::memory_order_acq_rel);
  }
  [[nodiscard]] bool claim() noexcept {
    return stage_.exchange(stage::claimed, std::memory_order_acq_rel) != stage::claimed;
  }
  /// The result is there. It wakes who waits.
  void complete() noexcept;
  /// Ends what was claimed.
  void fail(std::exception_ptr why) noexcept {
    set_failure(std::move(why));
    complete();
  }

  /// Whether a thread that waits for it may run it.
  [[nodiscard]] virtual bool may_run_here() const noexcept { return where_.may_run_here(); }
  /// Another thread is at it: does a part. Returns whether there was one for this thread.
  [[nodiscard]] virtual bool help_running() { return false; }
  /// Keeps it from beginning, or asks it to stop. Returns whether it was kept from beginning.
  [[nodiscard]] virtual bool cancel_one();

  /// Submits it, or fails with what that throws. `continues`: the calling thread's work has led to it.
  void enqueue(bool continues, priority band = priority::normal) noexcept;
  /// Instead: the calling thread runs it, when it has ended what it does now of this kind.
  void run_in_turn() noexcept;
  /// The same for what was queued before, and may still be in that queue.
  void enqueue_anew() noexcept;
  /// From awaiting to queued. False when it was cancelled meanwhile.
  [[nodiscard]] bool admit() noexcept {
    stage from = stage::awaiting;
    return stage_.compare_exchange_strong(from, stage::queued, std::memory_order_acq_rel);
  }

  /// Back to awaiting, by who has claimed it and has not ended it: to be admitted once more.
  void reopen() noexcept { stage_.store(stage::awaiting, std::memory_order_release); }
  /// A thread is about to block until it is ready, perhaps for ever.
  virtual void about_to_block() {}
  /// Nobody waits for the result, and nobody has taken it, or is to get it.
  [[nodiscard]] bool is_left_alone() const noexcept {
    const waiter* const who = observer_.load(std::memory_order_relaxed);
    return (who == nullptr || who == finished_mark()) && !observed_.load(std::memory_order_relaxed);
  }

  /// Does the work and sets the result. Does not complete.
  virtual void compute() noexcept {}
  /// Frees what compute has used, or would have. The result is set.
  virtual void drop() noexcept {}
  /// Does the work, or begins it. Returns whether there is a result; else somebody else calls finish, later.
  [[nodiscard]] virtual bool perform() noexcept {
    compute();
    return true;
  }
  /// Lets everybody see the result, and wakes who waits, which may go on right here.
  virtual void announce() noexcept { complete(); }
  /// Everybody can see the result: what depends on it may begin.
  virtual void completed() noexcept {}
  /// Ends what perform has begun. The result is set; the caller holds a reference.
  void finish() noexcept {
    drop();
    announce();
    completed();
  }
  virtual void ask_to_stop() noexcept {}
  /// A failure that nobody has seen.
  virtual void report(std::exception_ptr unseen) noexcept { where_.unobserved(std::move(unseen)); }
  /// What it waits for, the `i`-th: null from there on.
  [[nodiscard]] virtual state_ref<future_core> upstream(std::size_t i);
  /// Whether nobody else wants what it waits for, so that cancelling goes on there.
  [[nodiscard]] virtual bool owns_upstream() const noexcept { return true; }

 private:
  struct frame;
  struct second_turn;
  static waiter* finished_mark() noexcept;
  static void run_queued(work& self) noexcept;
  static void run_failed(work& self) noexcept;
  void run_claimed() noexcept;
  void refuse_own();
  void help_for_a_while();
  [[nodiscard]] bool help_once(worker* here);
  /// Visits what is not ready of this and all that it depends on, this first, until `visit` returns true; returns
  /// whether it did. Goes on from where `follow` returns true. Not recursive: chains may be long.
  template <class Visit, class Follow> bool any_before(Visit visit, Follow follow);
  template <class Visit> bool any_before(Visit visit) {
    return any_before(visit, [](const future_core&) { return true; });
  }

  std::atomic<unsigned> references_{1};
  std::atomic<stage> stage_;
  std::atomic<bool> observed_{false};
  std::atomic<waiter*> observer_{nullptr}; // who waits; finished_mark() when there is a result
  place where_;
  scope scope_{nullptr}; // around what the work forks
  std::vector<std::exception_ptr> further_;
};

/// A counted reference to the state of a future.
template <class State> class state_ref {
 public:
  state_ref() = default;
  /// Takes over a reference.
  static state_ref adopt(State* state) noexcept {
    state_ref made;
    made.state_ = state;
    return made;
  }
  static state_ref share(State& state) noexcept {
    state.retain();
    return adopt(&state);
  }
  state_ref(state_ref&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  state_ref& operator=(state_ref&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~state_ref() {
    if (state_ != nullptr) state_->release();
  }

  [[nodiscard]] State* get() const noexcept { return state_; }
  [[nodiscard]] State* operator->() const noexcept { return state_; }
  [[nodiscard]] State& operator*() const noexcept { return *state_; }
  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }
  /// Gives the reference away.
  [[nodiscard]] State* leave() noexcept { return std::exchange(state_, nullptr); }

 private:
  State* state_ = nullptr;
};

inline state_ref<future_core> future_core::upstream(std::size_t /*i*/) { return {}; }

/// With the result.
template <class T> class future_state : public future_core {
 public:
  [[nodiscard]] std::exception_ptr failure() const noexcept override { return result.exception(); }
  void set_failure(std::exception_ptr why) noexcept override { result.set_exception(std::move(why)); }

  outcome<T> result;

 protected:
  using future_core::future_core;
};

} // namespace clotho::detail
