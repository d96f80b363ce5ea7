// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/kernel_call.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <clotho/core/argument_order.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/detail/flow_core.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/host_call.hpp>

namespace clotho::detail {

namespace {

// What the kernel may do with its memory, as far as its signature says. An image that is only written may keep pixels.
access_mode mode_of(const kernel_argument& argument) noexcept {
  const bool is_image = argument.kind == argument_kind::image;
  const bool may_write = is_image ? argument.access == access_qualifier::write_only || argument.access == access_qualifier::read_write
                                  : !argument.is_const && argument.space != address_space::constant;
  return may_write ? access_mode::inout : access_mode::in;
}

std::size_t count_arguments(std::span<const flow_argument> given) noexcept {
  return static_cast<std::size_t>(
      std::count_if(given.begin(), given.end(), [](const flow_argument& one) { return one.is_for_kernel(); }));
}

std::size_t count_accesses(std::span<const flow_argument> given) noexcept {
  return static_cast<std::size_t>(
      std::count_if(given.begin(), given.end(), [](const flow_argument& one) { return one.is_memory(); }));
}

// Which argument each one is for; empty: the order is theirs.
std::vector<std::size_t> order_of(const kernel_signature& signature, std::span<const flow_argument> given) {
  if (std::all_of(given.begin(), given.end(), [](const flow_argument& one) { return one.name().empty(); })) {
    check_argument_count(signature, count_arguments(given));
    return {};
  }
  std::vector<std::string_view> names;
  for (const flow_argument& one : given)
    if (one.is_for_kernel()) names.push_back(one.name());
  return argument_order(signature, names);
}

} // namespace

std::string describe_argument(const kernel_signature& signature, std::size_t index) {
  const kernel_argument& argument = signature.arguments[index];
  return "argument " + std::to_string(index) + " ('" + argument.name + "', " + argument.type + ") of kernel '" +
         signature.name + "'";
}

void check_owner(const kernel_set& kernel, const flow_core& flow) {
  if (kernel.program->owner != flow.identity())
    throw argument_error("kernel '" + kernel.signature.name + "' was built by another runtime: build it with the one that launches it");
}

void kernel_call::kept_value::keep(launch_argument& value) {
  value.name = {};
  if (value.size == 0 || value.object == nullptr) return;
  large = value.size > small.size() ? std::make_shared<std::byte[]>(value.size) : nullptr;
  std::byte* const here = large ? large.get() : small.data();
  std::memcpy(here, value.object, value.size);
  value.object = here;
}

kernel_call::kernel_call(const flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
                         std::span<const flow_argument> given)
    : kernel_(std::move(kernel)),
      range_(range),
      arguments_(count_arguments(given), nullptr),
      values_(arguments_.size()),
      accesses_(count_accesses(given)),
      argument_of_(accesses_.size()),
      memory_(accesses_.size()) {
  check_owner(*kernel_, flow);
  const std::vector<std::size_t> order = order_of(signature(), given);
  std::size_t position = 0, next_access = 0;
  for (const flow_argument& one : given) {
    if (!one.is_for_kernel()) continue;
    keep(flow, one, order.empty() ? position : order[position], next_access);
    ++position;
  }
}

void kernel_call::keep(const flow_core& flow, const flow_argument& given, std::size_t index, std::size_t& next_access) {
  if (given.access()) return keep_access(flow, given, index, next_access++);
  if (given.how_to_sample()) return keep_sampling(*given.how_to_sample(), index);
  if (given.scratch()) return keep_scratch(flow, *given.scratch(), index, next_access++);
  check_value(given.value(), index);
  arguments_[index] = given.value();
  values_[index].keep(arguments_[index]);
}

void kernel_call::keep_access(const flow_core& flow, const flow_argument& given, std::size_t index, std::size_t which) {
  flow_access access = *given.access();
  check_owner(access, flow);
  check_element(access, index);
  if (!given.mode_is_stated()) access.mode = mode_of(signature().arguments[index]);
  accesses_[which] = std::move(access);
  argument_of_[which] = index;
}

void kernel_call::keep_sampling(const sampling& how, std::size_t index) {
  const argument_kind wanted = signature().arguments[index].kind;
  if (wanted != argument_kind::sampler && wanted != argument_kind::other)
    throw argument_error(describe_argument(signature(), index) + " cannot be a sampler");
  std::erase_if(samplings_, [&](const kept_sampling& one) { return one.argument == index; });
  samplings_.push_back({index, how});
}

void kernel_call::keep_scratch(const flow_core& flow, const scratch_request& wanted, std::size_t index, std::size_t which) {
  auto memory = std::make_shared<flow_memory>(flow, wanted.size_bytes, wanted.element);
  accesses_[which] = {std::move(memory), {0, wanted.size_bytes}, access_mode::out};
  check_element(accesses_[which], index);
  if (mode_of(signature().arguments[index]) == access_mode::in)
    throw argument_error(describe_argument(signature(), index) + " is only read, and scratch memory holds nothing to read; pass a buffer");
  argument_of_[which] = index;
}

// They belong to one context, and nothing would keep them until the kernel runs.
void kernel_call::check_value(const launch_argument& value, std::size_t index) const {
  if (value.what == bound::buffer || value.what == bound::image || value.what == bound::sampler ||
      value.what == bound::svm)
    throw argument_error(describe_argument(signature(), index) +
                         " cannot be an object of one device's context in a task: pass a clotho::buffer, an image or a sampling, or "
                         "launch it on a queue");
}

void kernel_call::check_element(const flow_access& access, std::size_t index) const {
  const kernel_argument& wanted = signature().arguments[index];
  const bool is_image = access.memory->is_image();
  if (wanted.kind != (is_image ? argument_kind::image : argument_kind::buffer) && wanted.kind != argument_kind::other)
    throw argument_error(describe_argument(signature(), index) + (is_image ? " cannot be an image" : " cannot be a buffer"));
  const std::optional<element_type> element = access.memory->element();
  if (!is_image && element && wanted.element && element->base != wanted.element->base)
    throw argument_error(describe_argument(signature(), index) + " cannot be a buffer of " + opencl_name(*element));
}

std::span<const launch_argument> kernel_call::bring_to(lane& there, std::size_t* moved_bytes) {
  for (std::size_t i = 0; i < accesses_.size(); ++i) {
    const flow_access& one = accesses_[i];
    memory_[i] = one.memory->on_device(there, one.where, one.mode, moved_bytes);
    arguments_[argument_of_[i]] = argument_for(*memory_[i]);
  }
  for (const kept_sampling& one : samplings_) arguments_[one.argument] = launch_argument(there.sampler_for(one.how));
  return arguments_;
}

std::vector<launch_argument> kernel_call::bind(lane& there, std::span<const device_memory> memory) {
  std::vector<launch_argument> all(arguments_.begin(), arguments_.end());
  for (std::size_t i = 0; i < memory.size(); ++i) all[argument_of_[i]] = argument_for(memory[i]);
  for (const kept_sampling& one : samplings_) all[one.argument] = launch_argument(there.sampler_for(one.how));
  return all;
}

std::vector<device_memory> kernel_call::memory() {
  std::vector<device_memory> all;
  for (const std::optional<device_memory>& one : memory_) all.push_back(*one);
  return all;
}

void kernel_call::replace(const flow_core& flow, const flow_argument& named) {
  const auto& all = signature().arguments;
  const auto found = std::find_if(all.begin(), all.end(), [&](const kernel_argument& one) { return one.name == named.name(); });
  if (found == all.end())
    throw argument_error(describe() + " has no argument called '" + std::string(named.name()) + "'");
  const auto index = static_cast<std::size_t>(found - all.begin());
  const auto which = static_cast<std::size_t>(std::find(argument_of_.begin(), argument_of_.end(), index) - argument_of_.begin());
  const bool was_memory = which < accesses_.size();
  if (was_memory != named.is_memory())
    throw argument_error("argument '" + std::string(named.name()) + "' of " + describe() +
                         (was_memory ? " was recorded as a buffer and stays one" : " was recorded as a value and stays one"));
  std::size_t next = which;
  keep(flow, named, index, next);
}

void kernel_call::forget() noexcept {
  for (flow_access& one : accesses_) one.memory.reset();
  for (auto& one : memory_) one.reset();
}

} // namespace clotho::detail
