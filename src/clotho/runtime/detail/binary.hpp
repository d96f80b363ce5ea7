#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <clotho/core/os/file.hpp>
#include <clotho/runtime/detail/opencl.hpp>

namespace clotho::detail {

/// The machine code of a built program for one of its devices. Throws error.
[[nodiscard]] os::bytes fetch_binary(cl_program program, cl_device_id device);

} // namespace clotho::detail
