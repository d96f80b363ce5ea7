// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/view_task.hpp>

#include <mutex>
#include <new>
#include <utility>

#include <clotho/flow/detail/flow_memory.hpp>

namespace clotho::detail {

namespace {

const char* name_of(access_mode mode) noexcept {
  switch (mode) {
  case access_mode::in: return "in";
  case access_mode::out: return "out";
  case access_mode::inout: break;
  }
  return "inout";
}

std::string name_of(const flow_access& access) {
  const std::optional<element_type> element = access.memory->element();
  const std::size_t unit = element ? element->size_bytes() : 1;
  return "a host view of " + std::to_string(access.where.size() / unit) + " " + (element ? opencl_name(*element) : "bytes") + " (" +
         name_of(access.mode) + ")";
}

} // namespace

view_task::view_task(flow_core& flow, flow_access&& access)
    : flow_state(flow),
      views_(flow.views()),
      access_(std::move(access)),
      name_(name_of(access_)),
      asked_by_(std::this_thread::get_id()),
      holder_(asked_by_) {
  views_->note_thread();
  observe(); // a failure goes on to the view's future
}

void view_task::submit_for(view_receiver& to) {
  kept_ = state_ref<future_core>::share(to.core());
  future_ = &to;
  views_->add(*this);
  try {
    flow().submit(*this);
  } catch (...) {
    views_->remove(*this);
    (void)take_receiver();
    throw;
  }
}

state_ref<future_core> view_task::take_receiver() noexcept { return std::exchange(kept_, {}); }

// The view may be released, and all be gone but this task, before receive() returns.
bool view_task::work_on() {
  const std::span<std::byte> bytes = access_.memory->on_host(access_.where, access_.mode);
  view_receiver& to = *future_;
  const state_ref<future_core> kept = take_receiver();
  to.receive(bytes);
  return false;
}

void view_task::end() noexcept {
  views_->remove(*this);
  result.set_value();
  finish();
}

// Before it was received: then it has failed.
void view_task::clear() noexcept {
  const state_ref<future_core> kept = take_receiver();
  if (!kept) return;
  views_->remove(*this);
  future_->fail(failure());
}

void view_task::taken_here() noexcept {
  const std::thread::id here = std::this_thread::get_id();
  if (holder_.exchange(here, std::memory_order_relaxed) != here) note_holder();
  taken_.store(true, std::memory_order_relaxed);
}

// What it cannot remember it does not warn of.
void view_task::note_holder() noexcept try {
  views_->note_thread();
} catch (const std::bad_alloc&) {
}

void view_task::put_into_future() noexcept {
  holder_.store(asked_by_, std::memory_order_relaxed);
  taken_.store(false, std::memory_order_relaxed);
}

void view_task::forget_future() noexcept {
  const std::lock_guard lock(views_->mutex());
  future_ = nullptr;
}

bool view_task::is_held_here() const noexcept {
  if (holder_.load(std::memory_order_relaxed) != std::this_thread::get_id()) return false;
  return taken_.load(std::memory_order_relaxed) || (future_ != nullptr && future_->is_left_alone());
}

} // namespace clotho::detail
