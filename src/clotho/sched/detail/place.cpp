// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/place.hpp>

#include <utility>

#include <clotho/sched/detail/pool_core.hpp>

namespace clotho::detail {

void place::run_in_turn(work& added) {
  static constinit thread_local work_list* pending = nullptr;
  if (pending != nullptr) return pending->push_back(added);
  work_list list;
  list.push_back(added);
  pending = &list;
  while (work* const next = list.pop_front()) next->run(*next);
  pending = nullptr;
}

place::place(thread_pool& pool) : pool_(pool.core().shared_from_this()) {}

place::place(executor& where) {
  if (auto* const pool = dynamic_cast<thread_pool*>(&where))
    pool_ = pool->core().shared_from_this();
  else if (dynamic_cast<inline_executor*>(&where) == nullptr) // that is nowhere, but chains would recurse
    other_ = &where;
}

void place::submit(work& added, priority band) const {
  if (pool_) {
    pool_->check_open();
    if (pool_->places() == 0) return run_in_turn(added);
    pool_->submit(added, band);
  } else if (other_ != nullptr) {
    other_->submit([&added] { added.run(added); });
  } else {
    run_in_turn(added);
  }
}

void place::submit_reserved(work& added) const {
  if (!pool_ || pool_->places() == 0 || pool_->is_worker()) return submit(added);
  pool_->check_open();
  pool_->submit_reserved(added);
}

void place::submit_continuation(work& added) const {
  if (pool_ && pool_->is_worker())
    worker::current()->push(added);
  else if (other_ != nullptr)
    other_->submit_continuation([&added] { added.run(added); });
  else
    submit(added);
}

bool place::take_back(const work& submitted) const { return pool_ && pool_->take_back(submitted); }

std::chrono::nanoseconds place::patience() const noexcept {
  constexpr std::chrono::nanoseconds of_one_look(500);
  return pool_ ? pool_->patience() * of_one_look : std::chrono::nanoseconds(0);
}

void place::rest() const noexcept {
  if (pool_) pool_->rest();
}

void place::check_not_forked() const {
  if (pool_) pool_->check_not_forked();
}

bool place::may_run_here() const noexcept {
  if (pool_) return pool_->places() == 0 || pool_->is_worker();
  return other_ == nullptr || other_->is_worker();
}

bool place::is_worker() const noexcept {
  if (pool_) return pool_->is_worker();
  return other_ != nullptr && other_->is_worker();
}

void place::unobserved(std::exception_ptr failure) const noexcept {
  if (pool_)
    pool_->report(std::move(failure));
  else if (other_ != nullptr)
    other_->unobserved(std::move(failure));
}

} // namespace clotho::detail
