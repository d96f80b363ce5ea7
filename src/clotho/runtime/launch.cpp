// SPDX-License-Identifier: Apache-2.0
// Queue: starting kernels.
#include <algorithm>
#include <mutex>
#include <string>

#include <clotho/runtime/detail/state.hpp>
#include <clotho/runtime/detail/svm_state.hpp>
#include <clotho/runtime/prepared_launch.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho {
namespace {

using namespace detail;

// Prepares a launch for the gate. Where no work-item can tell, the launch gets three dimensions and an offset
// in the third: then launches of other offsets, zero among them, run the same code and need not wait for each
// other.
launch_need guard(resolved_range& range, launch_gate& gate, const kernel_state& function) {
  if (function.signature.range.may_widen()) {
    range.dimensions = 3;
    range.offset[2] = std::max<std::size_t>(range.offset[2], 1);
  }
  const std::size_t family = launch_gate::family_of(function.signature.name, range.local);
  launch_need need;
  need.stripe = &gate.stripe_of(family);
  need.form = {family, function.number, range.local, range.offset != std::array<std::size_t, 3>{}};
  need.width = {std::max(range.global[0], range.global[1]), range.global[2]};
  return need;
}

const resolved_range& range_of(kernel_object& object, const context_state& owner,
                               const kernel_state& function, const nd_range& wish) {
  if (!object.has_range || !(object.range == wish)) {
    object.has_range = false;
    object.resolved = resolve(wish, function.range, function.signature.name);
    if (owner.guards_code && !object.resolved.empty)
      object.need = guard(object.resolved, *owner.gate, function);
    object.range = wish;
    object.has_range = true;
  }
  return object.resolved;
}

std::string describe(const kernel_state& function, const nd_range& wish, const resolved_range& range) {
  const unsigned dimensions = wish.global().dimensions();
  const std::string local =
      range.driver_chooses_local ? "the driver's choice" : to_string(extent(dimensions, range.local));
  return "kernel '" + function.signature.name + "', range " + to_string(extent(dimensions, range.global))
         + ", local " + local + ", on '" + function.program->owner.target().name() + "'";
}

void check_context(const queue_state& queue, const kernel_state& function) {
  if (queue.owner.state() != function.program->owner.state())
    throw argument_error("kernel '" + function.signature.name
                         + "' was built in another context than this queue's");
}

// `done` is the caller's, or null: then `mine` was taken over.
void keep_until_done(queue_state& queue, const svm_uses& svm, const cl_event* done, cl_event mine) {
  const cl::Event ended = done != nullptr ? share<cl::Event>(*done, "clRetainEvent") : cl::Event(mine);
  for (const std::shared_ptr<svm_state>& one : svm) one->used_until(queue.handle(), ended);
}

// Its arguments are bound; `svm` are those of them.
void enqueue(queue_state& queue, const kernel_state& function, kernel_object& object, const nd_range& wish,
             const svm_uses& svm, cl_event* done) {
  context_state& owner = *queue.owner.state();
  const resolved_range& range = range_of(object, owner, function, wish);
  if (range.empty) return;

  std::unique_lock<std::mutex> printing;
  if (owner.gate && function.may_print) [[unlikely]]
    printing = std::unique_lock(owner.gate->printing);
  launch_pass pass(owner.guards_code ? owner.gate.get() : nullptr, queue.lane, object.need);
  cl_event mine = nullptr;
  const cl_int code = clEnqueueNDRangeKernel(
      queue.handle(), object.handle(), range.dimensions, range.offset.data(), range.global.data(),
      range.driver_chooses_local ? nullptr : range.local.data(), 0, nullptr,
      done == nullptr && !svm.empty() ? &mine : done);
  if (code != CL_SUCCESS) [[unlikely]]
    throw error(code, "clEnqueueNDRangeKernel", describe(function, wish, range));
  pass.succeeded();
  if (!svm.empty()) [[unlikely]]
    keep_until_done(queue, svm, done, mine);
}

void enqueue(queue_state& queue, kernel_state& function, const nd_range& wish,
             std::span<const launch_argument> arguments, cl_event* done) {
  check_context(queue, function);
  const kernel_lease lease(function);
  bind_arguments(function, lease->handle(), arguments);
  enqueue(queue, function, *lease, wish, svm_among(arguments), done);
}

} // namespace

struct prepared_launch::bound {
  bound(const kernel& what, const nd_range& wish, svm_uses uses)
      : function(what), lease(*function.state()), range(wish), svm(std::move(uses)) {}

  const kernel function;
  const kernel_lease lease;
  const nd_range range;
  const svm_uses svm;
};

prepared_launch::prepared_launch(const kernel& function, const nd_range& range,
                                 std::span<const launch_argument> arguments)
    : state_(std::make_unique<bound>(function, range, svm_among(arguments))) {
  const kernel_state& known = *function.state();
  bind_arguments(known, state_->lease->handle(), arguments);
  (void)range_of(*state_->lease, *known.program->owner.state(), known, range);
}
prepared_launch::prepared_launch(prepared_launch&&) noexcept = default;
prepared_launch& prepared_launch::operator=(prepared_launch&&) noexcept = default;
prepared_launch::~prepared_launch() = default;

void queue::launch(const prepared_launch& what) {
  prepared_launch::bound& bound = what.state();
  const kernel_state& function = *bound.function.state();
  check_context(*state_, function);
  enqueue(*state_, function, *bound.lease, bound.range, bound.svm, nullptr);
}

void queue::launch(const kernel& function, const nd_range& range,
                   std::span<const launch_argument> arguments) {
  enqueue(*state_, *function.state(), range, arguments, nullptr);
}

event queue::launch_with_event(const kernel& function, const nd_range& range,
                               std::span<const launch_argument> arguments) {
  cl_event done = nullptr;
  enqueue(*state_, *function.state(), range, arguments, &done);
  if (done == nullptr) return marker();
  return event(std::shared_ptr<event_state>(new event_state{cl::Event(done), owner()}));
}

} // namespace clotho
