// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/loaded_program.hpp>

#include <algorithm>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/flow/detail/flow_tracer.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/detail/program_set.hpp>

namespace clotho {

namespace detail {

program_set::program_set(flow_identity of, std::vector<lane*> on, source_text from, build_options how)
    : owner(std::move(of)),
      lanes(std::move(on)),
      source(std::move(from)),
      options(std::move(how)),
      signatures(parse_signatures(source.text, macros_for(lanes.front()->owner().target(), options))) {
  for (std::size_t i = 0; i < lanes.size(); ++i) builds_.push_back(std::make_unique<build>());
}

void program_set::begin(executor& builders) {
  for (std::size_t i = 0; i < lanes.size(); ++i)
    // The place by itself: a runtime that goes takes its lanes along, and then waits for its threads.
    builds_[i]->under_way = async(builders, [self = shared_from_this(), i, place = lanes[i]->where()] {
      const traced_scope traced(place.tracer, trace_category::build, self->source.name);
      self->builds_[i]->built.emplace(program::build(place.owner, self->source, self->options));
    });
}

void program_set::finish(build& one) {
  const std::lock_guard lock(one.mutex);
  if (one.ready.load(std::memory_order_relaxed) != nullptr || one.failure) return;
  one.failure = one.under_way.failure();
  if (!one.failure) one.ready.store(&*one.built, std::memory_order_release); // pairs with on(): the program
}

const program& program_set::on(std::size_t i) {
  build& wanted = *builds_[i];
  if (const program* const ready = wanted.ready.load(std::memory_order_acquire)) return *ready;
  finish(wanted);
  if (wanted.failure) std::rethrow_exception(wanted.failure);
  return *wanted.ready.load(std::memory_order_relaxed);
}

kernel_set::kernel_set(std::shared_ptr<program_set> from, const kernel_signature& of)
    : program(std::move(from)), signature(of) {
  for (std::size_t i = 0; i < program->lanes.size(); ++i) slots_.push_back(std::make_unique<slot>());
}

kernel_on_lane& kernel_set::on(std::size_t i) {
  slot& wanted = *slots_[i];
  if (kernel_on_lane* const ready = wanted.ready.load(std::memory_order_acquire)) return *ready;
  const clotho::program& built = program->on(i);
  const std::lock_guard lock(mutex_);
  if (!wanted.made) {
    wanted.made.emplace(built.get_kernel(signature.name));
    wanted.ready.store(&*wanted.made, std::memory_order_release); // pairs with the load above: the kernel
  }
  return *wanted.made;
}

float kernel_set::known_split_item_ns(std::size_t i) const noexcept {
  const kernel_on_lane* const ready = slots_[i]->ready.load(std::memory_order_acquire); // pairs with on(): the kernel
  return ready != nullptr ? ready->split_item_ns.load(std::memory_order_relaxed) : 0;
}

} // namespace detail

namespace {

void check_device(const detail::program_set& of, std::size_t device) {
  if (const std::size_t count = of.lanes.size(); device >= count)
    throw argument_error("there is no device " + std::to_string(device) + "; the runtime has " + std::to_string(count) +
                         ", counted from 0");
}

} // namespace

const kernel_signature& loaded_kernel::signature() const noexcept { return state_->signature; }

loaded_kernel loaded_kernel::on(std::size_t device) const {
  check_device(*state_->program, device);
  return {state_, device};
}

loaded_kernel loaded_program::kernel(std::string_view name) const {
  const auto& all = state_->signatures;
  const auto found = std::find_if(all.begin(), all.end(), [&](const kernel_signature& one) { return one.name == name; });
  if (found == all.end())
    throw argument_error("'" + state_->source.name + "' has no kernel '" + printable(name) + "'; it has " +
                         (all.empty() ? "none" : join(kernel_names(), ", ")));
  return {std::make_shared<detail::kernel_set>(state_, *found), loaded_kernel::any_device};
}

std::vector<std::string> loaded_program::kernel_names() const {
  std::vector<std::string> names;
  for (const kernel_signature& one : state_->signatures) names.push_back(one.name);
  return names;
}

void loaded_program::wait() const {
  for (std::size_t i = 0; i < state_->lanes.size(); ++i) (void)state_->on(i);
}

const program& loaded_program::on(std::size_t device) const {
  check_device(*state_, device);
  return state_->on(device);
}

} // namespace clotho
