#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <clotho/runtime/detail/opencl.hpp>
#include <clotho/runtime/device_info.hpp>
#include <clotho/runtime/quirk.hpp>

namespace clotho::detail {

struct device_state {
  cl::Device handle;
  cl_platform_id platform = nullptr;
  device_info info;
  quirk_set quirks;
  std::string quirk_overrides;
};

/// Everything worth knowing of a device; throws error when even its name cannot be had.
[[nodiscard]] device_info describe_device(cl_platform_id platform, cl_device_id device);

} // namespace clotho::detail
