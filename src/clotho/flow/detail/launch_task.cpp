// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/launch_task.hpp>

#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/host_call.hpp>

namespace clotho::detail {

namespace {
using clock = std::chrono::steady_clock;
}

launch_task::launch_task(flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
                         std::span<const flow_argument> arguments)
    : flow_state(flow), call_(flow, std::move(kernel), range, arguments) {
  for (const flow_argument& one : arguments) {
    obey(*this, one);
    if (one.timing() != nullptr) timing_ = one.timing();
  }
}

void launch_task::place_on(lane& where, std::size_t index) noexcept {
  lane_ = &where;
  lane_index_ = index;
  lane_->load().fetch_add(1, std::memory_order_relaxed);
  if (lane_->keeps_order()) stand_in(lane_);
}

bool launch_task::work_on() {
  kernel_on_lane& compiled = call_.on(lane_index_);
  const auto since = timing_ != nullptr ? clock::now() : clock::time_point{};
  std::size_t moved_bytes = 0;
  const std::span<const launch_argument> arguments = call_.bring_to(*lane_, &moved_bytes);
  if (in_line())
    for (const flow_access& one : call_.accesses())
      if (writes(one.mode)) one.memory->expect(one.where, *this);

  if (record_) [[unlikely]]
    record_->begin({call_.kernel(), *lane_, call_.range(), arguments, call_.accesses(), call_.memory(), call_.samplings()});
  if (timing_ != nullptr) [[unlikely]]
    note_launch(since, moved_bytes);
  retain(); // for the observer
  try {
    if (!lane_->launch(compiled, call_.range(), arguments, *this)) {
      let_follow();
      return false;
    }
  } catch (...) {
    release();
    throw;
  }
  release();
  note_end(here_);
  succeed();
  return true;
}

bool launch_task::ends_later(const std::exception_ptr& failure) noexcept {
  if (!in_line()) return false;
  retain(); // for the observer
  lane_->fail_in_turn(failure, *this);
  return true;
}

// As far as the host knows, it begins now.
void launch_task::note_launch(clock::time_point since, std::size_t moved_bytes) noexcept {
  timing_->device = lane_index_;
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
  const kernel_signature& signature = call_.signature();
  return future_core::may_run_here() ||
         (lane_->synchronous() && signature.private_bytes == 0 && !signature.unsized_private_array);
}

void launch_task::launched(std::exception_ptr failure, const launch_times& when) noexcept {
  if (flow().tracer() && when.known) [[unlikely]]
    flow().tracer()->add_on(lane_->index(), title(), when.began, when.ended, id());
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
  lane_->load().fetch_sub(1, std::memory_order_relaxed);
  record_.reset();
  call_.forget();
}

} // namespace clotho::detail
