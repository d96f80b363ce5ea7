#pragma once
// SPDX-License-Identifier: Apache-2.0
// The OpenCL C API as a careful program would use it by hand: what clotho is compared with.

#include <memory>
#include <type_traits>

// The queue of OpenCL 1.2 exists everywhere; its successor does not.
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <clotho/runtime/native.hpp>

namespace clotho::bench {

template <auto Release> struct releaser {
  template <class Object> void operator()(Object* object) const { (void)Release(object); }
};
template <class Handle, auto Release>
using raw_handle = std::unique_ptr<std::remove_pointer_t<Handle>, releaser<Release>>;

using raw_context = raw_handle<cl_context, clReleaseContext>;
using raw_queue = raw_handle<cl_command_queue, clReleaseCommandQueue>;
using raw_program = raw_handle<cl_program, clReleaseProgram>;
using raw_kernel = raw_handle<cl_kernel, clReleaseKernel>;
using raw_buffer = raw_handle<cl_mem, clReleaseMemObject>;

/// Each throws error when the driver refuses.
void raw_check(cl_int code, const char* call);
[[nodiscard]] raw_context make_raw_context(cl_device_id on);
[[nodiscard]] raw_queue make_raw_queue(cl_context in, cl_device_id on);
/// Compiled with the device's defaults.
[[nodiscard]] raw_program build_raw_program(cl_context in, cl_device_id on, const char* source);
[[nodiscard]] raw_kernel make_raw_kernel(cl_program of, const char* name);
[[nodiscard]] raw_buffer make_raw_buffer(cl_context in, std::size_t size_bytes);

} // namespace clotho::bench
