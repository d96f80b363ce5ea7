// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/flow_node.hpp>

#include <algorithm>
#include <functional>
#include <mutex>
#include <utility>

#include <clotho/flow/detail/consequence.hpp>
#include <clotho/flow/detail/flow_core.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/sched/detail/describe.hpp>

namespace clotho::detail {

flow_node::edge* flow_node::closed_mark() noexcept {
  static constinit edge mark; // an address that no edge has
  return &mark;
}

bool flow_node::add(edge_list& to, edge& one) noexcept {
  edge* first = to.load(std::memory_order_acquire);
  do {
    if (first == closed_mark()) return false; // acquire pairs with begin_all: what the task has done
    one.next = first;
  } while (!to.compare_exchange_weak(first, &one, std::memory_order_release, std::memory_order_acquire));
  return true;
}

bool flow_node::may_follow(const flow_node& other) const noexcept {
  return line_ != nullptr && line_ == other.line_ && after_.empty(); // else it wants to know how the others end
}

void flow_node::link(edge& one, node_ref&& from) noexcept {
  one.to = this;
  one.from = std::move(from);
  flow_node& before = *one.from.get();
  missing_.fetch_add(1, std::memory_order_relaxed);
  if (!add(may_follow(before) ? before.followers_ : before.successors_, one))
    missing_.fetch_sub(1, std::memory_order_relaxed); // ours keeps it above 0
}

void flow_node::depend_on(std::vector<node_ref>& before) {
  std::erase_if(before, [this](const node_ref& one) { return one.get() == this || one->core().ready(); });
  if (before.size() > 1) {
    std::sort(before.begin(), before.end(), [](const node_ref& a, const node_ref& b) { return std::less<>()(a.get(), b.get()); });
    before.erase(std::unique(before.begin(), before.end()), before.end());
  }
  if (before.size() > few_.size()) many_ = std::make_unique<edge[]>(before.size());
  const std::lock_guard lock(lock_);
  edges_ = before.size();
  for (std::size_t i = 0; i < edges_; ++i) link(many_ ? many_[i] : few_[i], std::move(before[i]));
}

// All its edges have arrived: they are in no list.
void flow_node::wait_again() noexcept {
  missing_.store(1, std::memory_order_relaxed);
  const std::lock_guard lock(lock_);
  for (std::size_t i = 0; i < edges_; ++i) {
    edge& one = many_ ? many_[i] : few_[i];
    missing_.fetch_add(1, std::memory_order_relaxed);
    if (!add(one.from->successors_, one)) missing_.fetch_sub(1, std::memory_order_relaxed); // the caller's keeps it above 0
  }
}

void flow_node::arrive(bool continues) {
  // Acquire-release: who is last sees what all those before have done.
  if (missing_.fetch_sub(1, std::memory_order_acq_rel) == 1) make_ready(continues);
}

void flow_node::check_after() const {
  for (const node_ref& one : after_)
    if (const std::exception_ptr& failure = one->failure_)
      throw dependency_error(describe() + " comes after a task that failed: " + clotho::detail::describe(root_of(failure)),
                             root_of(failure));
}

void flow_node::settle(const std::exception_ptr& failure) noexcept {
  failure_ = failure;
  if (failure) flow_.note_failure();
  for (flow_access& one : accesses()) {
    if (one.memory && failure) one.memory->withhold_copies();
    if (one.memory && writes(one.mode)) one.memory->settle(one.where, failure, *this);
    one.memory.reset();
  }
}

void flow_node::forget_before() noexcept {
  std::unique_ptr<edge[]> many; // dropped when the lock is: it may be the last reference
  std::array<node_ref, few> some;
  {
    const std::lock_guard lock(lock_);
    many = std::move(many_);
    for (std::size_t i = 0; i < few; ++i) some[i] = std::move(few_[i].from);
    edges_ = 0;
  }
  after_.clear();
}

void flow_node::trace_before() noexcept {
  const std::lock_guard lock(lock_);
  for (std::size_t i = 0; i < edges_; ++i) flow_.tracer()->add_arrow((many_ ? many_[i] : few_[i]).from->id_, id_);
}

void flow_node::trace_here(flow_tracer& into, std::chrono::steady_clock::time_point begin, bool all) noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (all)
    into.add_here(category(), title(), begin, now, id_);
  else
    into.add_here(trace_category::host, "launch", begin, now);
}

state_ref<future_core> flow_node::before(std::size_t i) noexcept {
  const std::lock_guard lock(lock_);
  if (i >= edges_) return {};
  return state_ref<future_core>::share((many_ ? many_[i] : few_[i]).from->core());
}

void flow_node::check_read() {
  for (const flow_access& one : accesses())
    if (one.memory && reads(one.mode)) one.memory->check(one.where);
}

void flow_node::begin_all(edge_list& all) noexcept {
  edge* one = all.exchange(closed_mark(), std::memory_order_acq_rel);
  if (one == closed_mark()) return;
  // The last to come is the first in the list: turned round, they begin in the order in which they were submitted.
  edge* in_order = nullptr;
  while (one != nullptr) {
    edge* const next = one->next;
    one->next = in_order;
    in_order = one;
    one = next;
  }
  while (in_order != nullptr) {
    flow_node& task = *in_order->to;
    in_order = in_order->next; // the edge goes with its task
    task.arrive(true);
  }
}

void flow_node::release_after() noexcept {
  begin_all(followers_);
  begin_all(successors_);
}

} // namespace clotho::detail
