// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/graph_run.hpp>

#include <utility>

#include <clotho/flow/detail/flow_core.hpp>

namespace clotho::detail {

graph_run::graph_run(const graph_state& what, std::size_t times, bool moves, graph_run_observer& observer)
    : graph_(what),
      observer_(observer),
      size_(what.nodes().size()),
      moves_(moves),
      times_left_(times),
      steps_(std::make_unique<step[]>(size_)) {
  for (std::size_t i = 0; i < size_; ++i) {
    steps_[i].of = this;
    steps_[i].node = what.nodes()[i].get();
  }
}

void graph_run::begin() { work_through(begin_time()); }

void graph_run::step::launched(std::exception_ptr failure, const launch_times& when) noexcept {
  lane& there = *node->where();
  if (there.tracer() != nullptr && when.known) [[unlikely]]
    there.tracer()->add_on(there.index(), node->title(), when.began, when.ended, trace_id::none);
  if (failure)
    of->fail(there.examined(std::move(failure)));
  else if (!there.is_open())
    of->fail(there.loss()->why()); // what it wrote is gone
  // The calling thread is the device's: it waits for what ends next.
  if (step* const ready = of->ended(*this)) ready->of->submit(*ready);
}

void graph_run::run_submitted(work& self) noexcept {
  auto& one = static_cast<step&>(self);
  one.of->work_through(&one);
}

void graph_run::work_through(step* one) noexcept {
  while (one != nullptr && perform(*one)) one = ended(*one);
}

bool graph_run::perform(step& one) noexcept {
  if (failed_.load(std::memory_order_relaxed)) return true;
  try {
    const flow_core::inside here(graph_.flow());
    const traced_scope traced(graph_.flow().tracer(), one.node->category(), one.node->title());
    if (brings_) one.node->bring();
    return one.node->start(one);
  } catch (...) {
    lane* const there = one.node->where();
    fail(there != nullptr ? there->examined(std::current_exception()) : std::current_exception());
    return true;
  }
}

// Returns what the calling thread may go on with. The run may be gone when that is nothing.
graph_run::step* graph_run::ended(step& one) noexcept {
  if (brings_ && !failed_.load(std::memory_order_relaxed)) observer_.settle_one(*one.node);
  step* next = nullptr;
  for (const std::uint32_t index : one.node->after) {
    step& after = steps_[index];
    if (after.missing.fetch_sub(1, std::memory_order_acq_rel) != 1) continue; // the last sees what all have done
    if (next == nullptr)
      next = &after;
    else
      submit(after);
  }
  return left_.fetch_sub(1, std::memory_order_acq_rel) == 1 ? end_time() : next;
}

graph_run::step* graph_run::begin_time() noexcept {
  left_.store(size_, std::memory_order_relaxed);
  for (std::size_t i = 0; i < size_; ++i) steps_[i].missing.store(steps_[i].node->before, std::memory_order_relaxed);
  step* first = nullptr; // begins last, so that the time does not end meanwhile
  for (std::size_t i = 0; i < size_; ++i) {
    if (steps_[i].node->before != 0) continue;
    if (first == nullptr)
      first = &steps_[i];
    else
      submit(steps_[i]);
  }
  return first;
}

graph_run::step* graph_run::end_time() noexcept {
  brings_ = moves_;
  if (--times_left_ != 0 && !failed_.load(std::memory_order_relaxed)) return begin_time();
  observer_.ended(std::move(failure_));
  return nullptr;
}

void graph_run::submit(step& one) noexcept {
  try {
    graph_.flow().where().submit_continuation(one);
  } catch (...) { // the executor takes no more
    place::run_in_turn(one);
  }
}

void graph_run::fail(std::exception_ptr why) noexcept {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(why);
  failed_.store(true, std::memory_order_relaxed);
}

} // namespace clotho::detail
