#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <string>

#include <clotho/runtime/detail/opencl.hpp>
#include <clotho/runtime/device_info.hpp>
#include <clotho/runtime/quirk.hpp>

namespace clotho::detail {

/// A device as the driver knows it. Sub-devices are counted and owned, the devices of a platform are neither.
/// The bindings' class asks the driver which of the two it is, and takes garbage for an answer when that
/// fails.
class device_handle {
 public:
  device_handle() = default;
  explicit device_handle(cl_device_id of_platform) : id_(of_platform) {}
  /// Takes a reference over, as clCreateSubDevices and clRetainDevice give one.
  [[nodiscard]] static device_handle owning(cl_device_id counted) {
    device_handle made(counted);
    made.owned_.reset(counted);
    return made;
  }
  cl_device_id operator()() const noexcept { return id_; }

 private:
  struct release {
    void operator()(cl_device_id counted) const noexcept { clReleaseDevice(counted); }
  };
  cl_device_id id_ = nullptr;
  std::unique_ptr<_cl_device_id, release> owned_;
};

struct device_state {
  device_handle handle;
  cl_platform_id platform = nullptr;
  device_info info;
  quirk_set quirks;
  std::string quirk_overrides;
};

/// Everything worth knowing of a device. Throws error when a driver does not say what it is: its name,
/// version, type or extensions, by which its quirks are chosen. Of other facts there are defaults.
[[nodiscard]] device_info describe_device(cl_platform_id platform, cl_device_id device);

} // namespace clotho::detail
