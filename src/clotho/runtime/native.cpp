// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/detail/opencl.hpp>
#include <clotho/runtime/native.hpp>

#include <algorithm>

#include <clotho/core/os/environment.hpp>
#include <clotho/runtime/detail/state.hpp>

namespace clotho::native {
namespace {

using detail::check;

template <class T> T memory_value(cl_mem object, cl_mem_info what) {
  T value{};
  check(clGetMemObjectInfo(object, what, sizeof value, &value, nullptr), "clGetMemObjectInfo");
  return value;
}

template <class T> T queue_value(cl_command_queue object, cl_command_queue_info what) {
  T value{};
  check(clGetCommandQueueInfo(object, what, sizeof value, &value, nullptr), "clGetCommandQueueInfo");
  return value;
}

kernel_access access_of(cl_mem_flags flags) {
  if (flags & CL_MEM_READ_ONLY) return kernel_access::read_only;
  return flags & CL_MEM_WRITE_ONLY ? kernel_access::write_only : kernel_access::read_write;
}

} // namespace

cl_device_id handle(const device& object) noexcept { return object.state().handle(); }
cl_context handle(const context& object) noexcept { return object.state()->handle(); }
cl_command_queue handle(const queue& object) noexcept { return object.state().handle(); }
cl_mem handle(const device_buffer& object) noexcept { return object.state().handle(); }
cl_mem handle(const device_image& object) noexcept { return object.state().handle(); }
cl_program handle(const program& object) noexcept { return object.state()->handle(); }
cl_event handle(const event& object) noexcept { return object.state() ? object.state()->handle() : nullptr; }

device adopt_device(cl_device_id object) {
  auto state = std::make_shared<detail::device_state>();
  check(clGetDeviceInfo(object, CL_DEVICE_PLATFORM, sizeof state->platform, &state->platform, nullptr),
        "clGetDeviceInfo");
  check(clRetainDevice(object), "clRetainDevice");
  state->handle = detail::device_handle::owning(object);
  state->info = detail::describe_device(state->platform, object);
  state->quirk_overrides = os::environment("CLOTHO_QUIRKS").value_or("");
  state->quirks = quirks_for(state->info, state->quirk_overrides);
  return device(std::move(state));
}

context adopt_context(cl_context object, cl_device_id on, context_options options) {
  std::size_t size = 0;
  check(clGetContextInfo(object, CL_CONTEXT_DEVICES, 0, nullptr, &size), "clGetContextInfo");
  std::vector<cl_device_id> devices(size / sizeof(cl_device_id));
  check(clGetContextInfo(object, CL_CONTEXT_DEVICES, size, devices.data(), nullptr), "clGetContextInfo");
  if (std::find(devices.begin(), devices.end(), on) == devices.end())
    throw argument_error("the adopted context does not have this device");
  return context(std::make_shared<detail::context_state>(
      adopt_device(on), detail::share<cl::Context>(object, "clRetainContext"), std::move(options)));
}

queue adopt_queue(const context& owner, cl_command_queue object) {
  if (queue_value<cl_context>(object, CL_QUEUE_CONTEXT) != owner.state()->handle())
    throw argument_error("the adopted queue belongs to another context");
  if (queue_value<cl_device_id>(object, CL_QUEUE_DEVICE) != owner.target().state().handle())
    throw argument_error("the adopted queue belongs to another device");
  const auto properties = queue_value<cl_command_queue_properties>(object, CL_QUEUE_PROPERTIES);
  if (properties & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE)
    throw argument_error("the adopted queue works out of order; clotho's queues work in order");
  return queue(std::make_unique<detail::queue_state>(
      owner, detail::share<cl::CommandQueue>(object, "clRetainCommandQueue"),
      (properties & CL_QUEUE_PROFILING_ENABLE) != 0));
}

device_buffer adopt_buffer(const context& owner, cl_mem object) {
  if (memory_value<cl_mem_object_type>(object, CL_MEM_TYPE) != CL_MEM_OBJECT_BUFFER)
    throw argument_error("the adopted memory object is not a buffer");
  if (memory_value<cl_context>(object, CL_MEM_CONTEXT) != owner.state()->handle())
    throw argument_error("the adopted buffer belongs to another context");
  return device_buffer(std::shared_ptr<detail::buffer_state>(
      new detail::buffer_state{.owner = owner,
                               .handle = detail::share<cl::Buffer>(object, "clRetainMemObject"),
                               .size_bytes = memory_value<std::size_t>(object, CL_MEM_SIZE),
                               .access = access_of(memory_value<cl_mem_flags>(object, CL_MEM_FLAGS)),
                               .element = std::nullopt,
                               .parent = nullptr}));
}

} // namespace clotho::native
