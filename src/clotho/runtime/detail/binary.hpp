#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <clotho/core/os/file.hpp>
#include <clotho/runtime/detail/opencl.hpp>

namespace clotho::detail {

struct context_state;

/// The machine code of a built program for the context's device. Throws error.
/// Where launches are guarded, all of them wait meanwhile.
[[nodiscard]] os::bytes fetch_binary(const context_state& owner, cl_program program);

} // namespace clotho::detail
