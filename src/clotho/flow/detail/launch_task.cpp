// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/launch_task.hpp>

#include <algorithm>
#include <mutex>

#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/host_call.hpp>
#include <clotho/flow/detail/lane_choice.hpp>
#include <clotho/flow/detail/launch_pieces.hpp>

namespace clotho::detail {

namespace {

using clock = std::chrono::steady_clock;

// At most this many work-items are in a group.
std::size_t most_items(const kernel_signature& kernel, const nd_range& range) noexcept {
  constexpr std::size_t most = 4096; // that drivers make of their own accord
  const auto& required = kernel.required_local;
  if (required[0] != 0) return required[0] * required[1] * required[2];
  return range.local().dimensions() != 0 ? range.local().volume() : std::min(range.global().volume(), most);
}

// CPU drivers have the private arrays of a group on the stack of the thread that runs it.
bool needs_little_stack(const kernel_signature& kernel, const nd_range& range) noexcept {
  constexpr std::size_t little_bytes = 16 << 10;
  if (kernel.unsized_private_array) return false;
  return kernel.private_bytes == 0 || most_items(kernel, range) <= little_bytes / kernel.private_bytes;
}

} // namespace

launch_task::launch_task(flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
                         std::span<const flow_argument> arguments)
    : flow_state(flow), call_(flow, std::move(kernel), range, arguments) {
  for (const flow_argument& one : arguments) {
    obey(*this, one);
    if (one.timing() != nullptr) timing_ = one.timing();
  }
}

void launch_task::place_on(lane& where, bool only_there) noexcept {
  lane_.store(&where, std::memory_order_relaxed);
  only_there_ = only_there;
  where.load().fetch_add(1, std::memory_order_relaxed);
  if (where.keeps_order()) stand_in(&where);
}

bool launch_task::work_on() {
  if (!on().is_open() && !follows()) [[unlikely]] move_to_another_lane();
  try {
    on().check_open();
    return give_to_lane();
  } catch (...) {
    rethrow_examined(&on());
  }
}

bool launch_task::give_to_lane() {
  lane& there = on();
  kernel_on_lane& compiled = call_.on(there.index());
  const auto since = timing_ != nullptr ? clock::now() : clock::time_point{};
  std::size_t moved_bytes = 0;
  const std::span<const launch_argument> arguments = call_.bring_to(there, &moved_bytes);
  if (follows())
    for (const flow_access& one : call_.accesses())
      if (writes(one.mode)) one.memory->expect(one.where, *this, there);

  if (record_) [[unlikely]]
    record_->begin({call_.kernel(), there, call_.range(), arguments, call_.accesses(), call_.memory(), call_.samplings()});
  if (timing_ != nullptr) [[unlikely]]
    note_launch(since, moved_bytes);
  const bool others_may_follow = follows(); // asked now: when it is launched, others may have it start over
  retain(); // for the observer
  try {
    if (!there.launch(compiled, call_.range(), arguments, *this)) {
      if (others_may_follow) let_follow();
      return false;
    }
  } catch (...) {
    is_stranded_ = there.synchronous() && !is_intact(); // it may have run in part
    release();
    throw;
  }
  release();
  note_end(here_);
  succeed();
  return true;
}

// Once all before it have ended.
void launch_task::move_to_another_lane() {
  lane* const chosen = only_there_ || is_stranded_ ? nullptr : best_lane(call_.kernel().program->lanes, call_.accesses());
  if (chosen == nullptr) {
    is_stranded_ = true;
    on().check_open();
  }
  on().load().fetch_sub(1, std::memory_order_relaxed);
  chosen->load().fetch_add(1, std::memory_order_relaxed);
  note_lane(*chosen, call_.accesses());
  lane_.store(chosen, std::memory_order_relaxed);
}

bool launch_task::is_intact() noexcept {
  bool intact = true;
  for (const flow_access& one : call_.accesses())
    if (writes(one.mode)) intact &= one.memory->give_up(on(), one.where, one.mode);
  return intact;
}

void launch_task::start_over() noexcept {
  has_left_line_ = true;
  if (record_) record_->discard();
  begin_again();
}

bool launch_task::ends_later(const std::exception_ptr& failure) noexcept {
  if (follows() && on().is_open()) {
    retain(); // for the observer
    on().fail_in_turn(failure, *this);
    return true;
  }
  // In its line some before it may be under way, and be done again, too: whatever the failure, it must not end before them.
  if (!follows() && (is_stranded_ || !is_loss(failure))) return false;
  start_over();
  return true;
}

// As far as the host knows, it begins now.
void launch_task::note_launch(clock::time_point since, std::size_t moved_bytes) noexcept {
  timing_->device = on().index();
  timing_->began = clock::now();
  timing_->moving = timing_->began - since;
  timing_->moved_bytes = moved_bytes;
}

void launch_task::note_end(const launch_times& when) noexcept {
  if (timing_ == nullptr) return;
  timing_->ended = when.known ? when.ended : clock::now();
  if (when.known) timing_->began = when.began;
  timing_->by_device = when.by_device;
}

void launch_task::succeed() {
  if (record_) [[unlikely]]
    record_->finish();
  result.set_value();
}

// Also a thread from outside, which spares a wake-up; it may have a smaller stack than ours.
bool launch_task::may_run_here() const noexcept {
  return future_core::may_run_here() || (on().synchronous() && needs_little_stack(call_.signature(), call_.range()));
}

void launch_task::cut_into(const std::shared_ptr<launch_pieces>& all) noexcept {
  const std::lock_guard lock(cutting_);
  pieces_ = all;
}

bool launch_task::help_running() {
  if (!may_run_here()) return false;
  std::unique_lock lock(cutting_);
  const std::shared_ptr<launch_pieces> all = pieces_;
  lock.unlock();
  return all && all->help();
}

void launch_task::launched(std::exception_ptr failure, const launch_times& when) noexcept {
  if (flow().tracer() && when.known) [[unlikely]]
    flow().tracer()->add_on(on().index(), title(), when.began, when.ended, id());
  if (failure) failure = on().examined(std::move(failure));
  if (!on().is_open()) [[unlikely]] { // also when it has run: what it wrote is gone
    start_over();
    return release();
  }
  try {
    if (failure) std::rethrow_exception(std::move(failure));
    if (flow().any_failed()) check_read(); // those before it may have failed after it had begun
    note_end(when);
    succeed();
  } catch (...) {
    set_failure(std::current_exception());
  }
  finish();
  release();
}

void launch_task::clear() noexcept {
  on().load().fetch_sub(1, std::memory_order_relaxed);
  record_.reset();
  cut_into(nullptr);
  call_.forget();
}

} // namespace clotho::detail
