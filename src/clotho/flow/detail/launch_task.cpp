// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/launch_task.hpp>


#include <clotho/core/argument_order.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/host_task.hpp>

namespace clotho::detail {

namespace {

// What the kernel may do with a buffer, as far as its signature says.
access_mode mode_of(const kernel_argument& argument) noexcept {
  return argument.is_const || argument.space == address_space::constant ? access_mode::in : access_mode::inout;
}

} // namespace

launch_task::launch_task(flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
                         std::span<const flow_argument> given)
    : flow_state(flow), kernel_(std::move(kernel)), range_(range) {
  std::vector<std::string_view> names;
  for (const flow_argument& one : given)
    if (one.after() == nullptr) names.push_back(one.name());
  const std::vector<std::size_t> order = argument_order(kernel_->signature, names);
  arguments_.resize(order.size());
  std::size_t position = 0;
  for (const flow_argument& one : given) {
    if (one.after() != nullptr)
      add_after(flow.checked_after(one.after()->task()));
    else
      keep(one, order[position++]);
  }
}

void launch_task::keep(const flow_argument& given, std::size_t index) {
  const kernel_argument& wanted = kernel_->signature.arguments[index];
  kept_argument& kept = arguments_[index];
  if (given.access()) {
    flow_access access = *given.access();
    check_owner(access, flow());
    check_element(access, index);
    if (!given.mode_is_stated()) access.mode = mode_of(wanted);
    kept.access = accesses_.size();
    accesses_.push_back(std::move(access));
    return;
  }
  kept.value = given.value();
  kept.value.name = {};
  if (kept.value.object != nullptr) {
    const auto* const bytes = static_cast<const std::byte*>(kept.value.object);
    kept.bytes.assign(bytes, bytes + kept.value.size);
  }
}

void launch_task::check_element(const flow_access& access, std::size_t index) const {
  const kernel_argument& wanted = kernel_->signature.arguments[index];
  const std::string what = "argument " + std::to_string(index) + " ('" + wanted.name + "', " + wanted.type + ") of " + describe();
  if (wanted.kind != argument_kind::buffer && wanted.kind != argument_kind::other)
    throw argument_error(what + " cannot be a buffer");
  const std::optional<element_type> element = access.memory->element();
  if (element && wanted.element && element->base != wanted.element->base)
    throw argument_error(what + " cannot be a buffer of " + opencl_name(*element));
}

void launch_task::place_on(lane& where, std::size_t index) noexcept {
  lane_ = &where;
  lane_index_ = index;
  lane_->load().fetch_add(1, std::memory_order_relaxed);
  if (lane_->keeps_order()) stand_in(lane_);
}

bool launch_task::work_on() {
  kernel_on_lane& compiled = kernel_->on(lane_index_);
  std::vector<device_buffer> buffers;
  buffers.reserve(accesses_.size());
  for (const flow_access& one : accesses_) buffers.push_back(one.memory->on_device(*lane_, one.where, one.mode));

  std::vector<launch_argument> arguments;
  arguments.reserve(arguments_.size());
  for (const kept_argument& one : arguments_) {
    arguments.push_back(one.access == none ? one.value : launch_argument(buffers[one.access]));
    if (!one.bytes.empty()) arguments.back().object = one.bytes.data();
  }

  if (lane_->keeps_order())
    for (const flow_access& one : accesses_)
      if (writes(one.mode)) one.memory->expect(one.where, *this);

  retain(); // for the observer
  try {
    if (!lane_->launch(compiled, range_, arguments, *this)) {
      let_follow();
      return false;
    }
  } catch (...) {
    release();
    throw;
  }
  release();
  result.set_value();
  return true;
}

bool launch_task::ends_later(const std::exception_ptr& failure) noexcept {
  if (!lane_->keeps_order()) return false;
  retain(); // for the observer
  lane_->fail_in_turn(failure, *this);
  return true;
}

// Also a thread from outside, which spares a wake-up; it may have a smaller stack than ours.
bool launch_task::may_run_here() const noexcept {
  const kernel_signature& signature = kernel_->signature;
  return future_core::may_run_here() ||
         (lane_->synchronous() && signature.private_bytes == 0 && !signature.unsized_private_array);
}

void launch_task::launched(std::exception_ptr failure) noexcept {
  try {
    if (failure) std::rethrow_exception(std::move(failure));
    if (flow().any_failed()) check_read(); // those before it may have failed after it had begun
    result.set_value();
  } catch (...) {
    set_failure(std::current_exception());
  }
  finish();
  release();
}

void launch_task::clear() noexcept {
  lane_->load().fetch_sub(1, std::memory_order_relaxed);
  arguments_.clear();
  accesses_.clear();
}

} // namespace clotho::detail
