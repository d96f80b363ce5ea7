// SPDX-License-Identifier: Apache-2.0
// Queue: starting kernels.
#include <mutex>
#include <string>

#include <clotho/runtime/detail/state.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho {
namespace {

using namespace detail;

const resolved_range& range_of(kernel_object& object, const kernel_state& function, const nd_range& wish) {
  if (!object.has_range || !(object.range == wish)) {
    object.has_range = false;
    object.resolved = resolve(wish, function.range, function.signature.name);
    object.range = wish;
    object.has_range = true;
  }
  return object.resolved;
}

std::string describe(const kernel_state& function, const resolved_range& range) {
  const std::string local =
      range.driver_chooses_local ? "the driver's choice" : to_string(extent(range.dimensions, range.local));
  return "kernel '" + function.signature.name + "', range "
         + to_string(extent(range.dimensions, range.global)) + ", local " + local + ", on '"
         + function.program->owner.target().name() + "'";
}

void enqueue(queue_state& queue, kernel_state& function, const nd_range& wish,
             std::span<const launch_argument> arguments, cl_event* done) {
  if (queue.owner.state() != function.program->owner.state())
    throw argument_error("kernel '" + function.signature.name
                         + "' was built in another context than this queue's");
  const kernel_lease lease(function);
  bind_arguments(function, lease->handle(), arguments);
  const resolved_range& range = range_of(*lease.operator->(), function, wish);
  if (range.empty) return;

  context_state& owner = *queue.owner.state();
  // Before version 6 PoCL's cache of kernel code breaks when two threads launch at once.
  std::unique_lock<std::mutex> alone;
  if (owner.serialise_launches) alone = std::unique_lock(owner.launching);
  const cl_int code = clEnqueueNDRangeKernel(
      queue.handle(), lease->handle(), range.dimensions, range.offset.data(), range.global.data(),
      range.driver_chooses_local ? nullptr : range.local.data(), 0, nullptr, done);
  if (code != CL_SUCCESS) [[unlikely]]
    throw error(code, "clEnqueueNDRangeKernel", describe(function, range));
}

} // namespace

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
