// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/flow_core.hpp>

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/sched/blocking_scope.hpp>

namespace clotho::detail {

const flow_core*& flow_core::inside::current() noexcept {
  static constinit thread_local const flow_core* flow = nullptr;
  return flow;
}

void flow_core::submit(flow_node& task) {
  where_.check_not_forked();
  enter();
  if (stage_.load(std::memory_order_seq_cst) != stage::open && inside::current() != this) [[unlikely]] {
    left();
    throw closed_error("the runtime was shut down: it takes no more tasks");
  }
  if (tracer_) [[unlikely]] task.give_id(tracer_->new_id());
  task.core().retain(); // until it is ready
  {
    const std::lock_guard in_turn(submission_);
    before_.clear();
    const node_ref self(task);
    for (flow_access& one : task.accesses()) one.memory->history().record(self, one.where, one.mode, before_);
    for (const node_ref& one : task.after()) before_.push_back(one);
    task.depend_on(before_);
  }
  task.arrive(false);
}

// Counts a task. Who waits for room is not counted: several that wait would keep each other out.
void flow_core::enter() {
  const bool waits = inside::current() != this && !where_.is_worker();
  std::size_t seen = state_.load(std::memory_order_relaxed);
  for (;;) {
    if (waits && seen / one_more >= most_) {
      warn_of_views("room to submit a task");
      wait_for_at_most(most_ - std::max<std::size_t>(1, most_ / 8));
      seen = state_.load(std::memory_order_relaxed);
    } else if (state_.compare_exchange_weak(seen, seen + one_more, std::memory_order_seq_cst, std::memory_order_relaxed)) {
      return; // pairs with shut_down: that counts this task, or the submitter sees that it is too late
    }
  }
}

node_ref flow_core::checked_after(const state_ref<future_core>& before) const {
  auto* const node = dynamic_cast<flow_node*>(before.get());
  if (node == nullptr || &node->flow() != this)
    throw argument_error("after() takes futures of tasks of the same runtime");
  return node_ref(*node);
}

void flow_core::warn_of_views(const char* what) const {
  if (views_->any()) views_->tell_who_waits(nullptr, what);
}

void flow_core::wait() {
  if (inside::current() == this)
    throw deadlock_error("a task waits for all tasks, itself included, and would wait for ever");
  where_.check_not_forked();
  warn_of_views("all tasks of its runtime");
  wait_for_at_most(0);
}

std::size_t flow_core::shut_down(std::chrono::steady_clock::time_point deadline) {
  if (inside::current() == this) throw deadlock_error("a task cannot shut its runtime down: it would wait for itself");
  where_.check_not_forked();
  stage_.store(stage::closed, std::memory_order_seq_cst); // pairs with submit
  warn_of_views("all tasks of its runtime");
  wait_for_at_most(0, deadline);
  if (under_way() == 0) return 0;
  stage_.store(stage::cancelled, std::memory_order_relaxed);
  constexpr std::chrono::milliseconds moment{100};
  wait_for_at_most(0, std::chrono::steady_clock::now() + moment);
  return under_way();
}

void flow_core::wait_for_at_most(std::size_t count, std::chrono::steady_clock::time_point deadline) {
  const traced_scope traced(tracer_, trace_category::wait, "wait for tasks");
  const blocking_scope replaced;
  std::unique_lock lock(waiting_);
  if (++waiters_ == 1) state_.fetch_or(1, std::memory_order_relaxed);
  const auto few = [&] { return under_way() <= count; };
  if (deadline == std::chrono::steady_clock::time_point::max())
    fewer_.wait(lock, few);
  else
    fewer_.wait_until(lock, deadline, few);
  if (--waiters_ == 0) state_.fetch_and(~std::size_t{1}, std::memory_order_relaxed);
}

void flow_core::left() noexcept {
  std::size_t seen = state_.load(std::memory_order_relaxed);
  while ((seen & 1) == 0) // release pairs with under_way(): what the task did
    if (state_.compare_exchange_weak(seen, seen - one_more, std::memory_order_release, std::memory_order_relaxed)) return;
  // Counted under the lock: who waits cannot go on, and destroy us, before we are done.
  const std::lock_guard lock(waiting_);
  state_.fetch_sub(one_more, std::memory_order_release);
  fewer_.notify_all();
}

} // namespace clotho::detail
