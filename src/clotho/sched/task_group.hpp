#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <new>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/sched/detail/worker.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho {

/// Any number of tasks that are waited for together.
///
/// `run` may be called from any thread, the tasks themselves included; `wait` from one at a time, and only on the worker
/// that made the group as long as that may still call `run`. The first exception cancels what has not begun, and `wait`
/// throws it. A group that is made inside a task must go before that task ends; in a coroutine, before its next co_await.
class task_group {
 public:
  /// Tasks run on `pool`; `stop` cancels those that have not begun.
  explicit task_group(thread_pool& pool, std::stop_token stop = {});
  /// Waits; a failure that nobody has seen is reported to the pool's log.
  ~task_group();
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  /// Forks `f`, a callable without arguments. Returns at once, except in a pool without threads. On a worker small
  /// callables cost no allocation. Throws argument_error for an empty std::function, closed_error as submit does.
  template <class F> void run(F&& f);

  /// Returns when everything that was run has finished. Throws the first exception of a task, or else
  /// cancelled_error when tasks were dropped because of cancel() or the stop token. The group can be used again.
  void wait();

  /// Drops tasks that have not begun, until wait() is over.
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  /// For long tasks: whether they had better end.
  [[nodiscard]] bool cancelled() const noexcept {
    return cancelled_.load(std::memory_order_relaxed) || stop_.stop_requested();
  }
  /// The exceptions, after the first, of what the last wait() has waited for.
  [[nodiscard]] const std::vector<std::exception_ptr>& further_failures() const noexcept { return further_; }

 private:
  // The worker that made the group counts tasks in advance, to save an atomic exchange for each.
  static constexpr std::size_t credit = 256;

  template <class F> class member;
  // One more task is on its way.
  void begin(const detail::worker* here) noexcept {
    if (here != home_) return scope_.begin(1);
    if (reserved_ == 0) scope_.begin(reserved_ = credit);
    --reserved_;
  }
  void submit(detail::work& one);
  void submit(detail::work& (*make)(void* block, void* from), void* from);
  [[nodiscard]] bool without_threads() const noexcept;
  void check_open() const;
  void finish_waiting();
  void failed(std::exception_ptr why) noexcept {
    failures_.add(std::move(why));
    cancel();
  }

  thread_pool& pool_;
  detail::worker* const home_; // who made it
  const std::int64_t mark_;    // its deque was filled this far
  std::size_t reserved_;       // counted in scope_, but not yet used
  detail::scope scope_;
  detail::failures failures_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> dropped_{false};
  const std::stop_token stop_;
  std::vector<std::exception_ptr> further_;
};

/// A task of a group.
template <class F> class task_group::member final : public detail::work {
 public:
  static constexpr bool fits_block = sizeof(F) + sizeof(detail::work) + sizeof(void*) <= detail::slab::block_bytes &&
                                     alignof(F) <= alignof(std::max_align_t);

  template <class G>
  member(task_group& group, function how, G&& body)
      : work(how, &group.scope_), group_(group), body_(std::forward<G>(body)) {}

  static void run_in_block(detail::work& self) noexcept {
    const detail::pool_core& pool = static_cast<member&>(self).group_.pool_.core();
    run(self);
    static_cast<member&>(self).~member();
    detail::worker::release_anywhere(&self, pool);
  }
  static void run_on_heap(detail::work& self) noexcept {
    run(self);
    delete &static_cast<member&>(self);
  }

 private:
  static void run(detail::work& self) noexcept {
    auto& task = static_cast<member&>(self);
    if (task.group_.cancelled()) {
      task.group_.dropped_.store(true, std::memory_order_relaxed);
      return;
    }
    try {
      task.body_();
    } catch (...) {
      task.group_.failed(std::current_exception());
    }
  }

  task_group& group_;
  F body_;
};

template <class F> void task_group::run(F&& f) {
  using task = member<std::decay_t<F>>;
  if constexpr (std::is_same_v<std::decay_t<F>, std::function<void()>>) detail::check_not_empty(f);
  detail::worker* const here = detail::worker::current();
  if (here != nullptr && &here->pool() == &pool_.core()) {
    detail::work* forked;
    if constexpr (task::fits_block)
      forked = new (here->allocate()) task(*this, &task::run_in_block, std::forward<F>(f));
    else
      forked = new task(*this, &task::run_on_heap, std::forward<F>(f));
    begin(here);
    here->push(*forked);
    return;
  }
  check_open();
  if constexpr (task::fits_block) {
    if (!without_threads()) {
      using body = std::remove_reference_t<F>;
      struct ingredients {
        task_group& group;
        body& f;
      } from{*this, f};
      return submit(
          [](void* block, void* given) -> detail::work& {
            auto& taken = *static_cast<ingredients*>(given);
            return *new (block) task(taken.group, &task::run_in_block, std::forward<F>(taken.f));
          },
          &from);
    }
  }
  submit(*new task(*this, &task::run_on_heap, std::forward<F>(f)));
}

} // namespace clotho
