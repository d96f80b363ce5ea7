// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/task_group.hpp>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/pool_core.hpp>

namespace clotho {

namespace {

detail::worker* worker_of(const thread_pool& pool) noexcept {
  return pool.is_worker() ? detail::worker::current() : nullptr;
}

} // namespace

task_group::task_group(thread_pool& pool, std::stop_token stop)
    : pool_(pool),
      home_(worker_of(pool)),
      mark_(home_ != nullptr ? home_->mark() : 0),
      reserved_(home_ != nullptr ? credit : 0),
      scope_(home_ != nullptr ? home_->running_in() : nullptr, reserved_),
      stop_(std::move(stop)) {}

task_group::~task_group() {
  try {
    finish_waiting();
  } catch (const closed_error&) { // in a fork of the process: nobody works on it any more
    return;
  }
  if (!failures_.any()) return;
  for (const std::exception_ptr& unseen : failures_.take()) pool_.unobserved(unseen);
}

void task_group::check_open() const {
  if (!without_threads()) pool_.core().check_open();
}

void task_group::submit(detail::work& one) {
  if (without_threads()) return one.run(one);
  scope_.begin(1);
  pool_.core().submit(one, priority::normal);
}

void task_group::submit(detail::work& (*make)(void* block, void* from), void* from) {
  scope_.begin(1);
  try {
    pool_.core().submit(make, from);
  } catch (...) {
    scope_.finish(1);
    throw;
  }
}

bool task_group::without_threads() const noexcept { return pool_.core().places() == 0; }

void task_group::finish_waiting() {
  if (detail::worker* const here = worker_of(pool_)) {
    here->wait(scope_, here == home_ ? mark_ : here->mark(), reserved_);
    return;
  }
  if (reserved_ != 0) scope_.finish(std::exchange(reserved_, 0));
  if (scope_.unfinished() != 0) pool_.core().check_not_forked();
  scope_.block();
}

void task_group::wait() {
  finish_waiting();
  if (!further_.empty()) further_.clear();
  if (!cancelled()) return; // as each failure, and each dropped task, comes with it
  cancelled_.store(false, std::memory_order_relaxed);
  const bool dropped = dropped_.exchange(false, std::memory_order_relaxed);
  further_ = failures_.take();
  if (!further_.empty()) {
    const std::exception_ptr first = further_.front();
    further_.erase(further_.begin());
    std::rethrow_exception(first);
  }
  if (dropped) throw cancelled_error("tasks of a group were cancelled before they began");
}

} // namespace clotho
