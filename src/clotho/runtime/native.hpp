#pragma once
// SPDX-License-Identifier: Apache-2.0
// The one door to OpenCL's own objects. Functions named handle() lend: the object stays clotho's. Functions
// named adopt_*() take an object of the application's, retain it, and release it when the last handle goes.

#ifndef CL_TARGET_OPENCL_VERSION
#define CL_TARGET_OPENCL_VERSION 300
#endif
#include <CL/cl.h>

#include <clotho/runtime/context.hpp>
#include <clotho/runtime/kernel.hpp>
#include <clotho/runtime/memory.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho::native {

[[nodiscard]] cl_device_id handle(const device& object) noexcept;
[[nodiscard]] cl_context handle(const context& object) noexcept;
[[nodiscard]] cl_command_queue handle(const queue& object) noexcept;
[[nodiscard]] cl_mem handle(const device_buffer& object) noexcept;
[[nodiscard]] cl_mem handle(const device_image& object) noexcept;
[[nodiscard]] cl_program handle(const program& object) noexcept;
[[nodiscard]] cl_event handle(const event& object) noexcept;

/// The device as clotho describes it. Throws error.
[[nodiscard]] device adopt_device(cl_device_id object);
/// `on` is the device of the context to use. Throws argument_error when the context does not have it.
[[nodiscard]] context adopt_context(cl_context object, cl_device_id on, context_options options = {});
/// Throws argument_error unless the queue belongs to the context and works in order.
[[nodiscard]] queue adopt_queue(const context& owner, cl_command_queue object);
/// Throws argument_error unless the object is a buffer of the context.
[[nodiscard]] device_buffer adopt_buffer(const context& owner, cl_mem object);

} // namespace clotho::native
