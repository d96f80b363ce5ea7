#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace clotho {

/// A version as OpenCL writes it.
struct version {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const version&, const version&) = default;
};

/// "OpenCL 3.0 PoCL 3.1" -> {3, 0}; {0, 0} when there is no version in it.
[[nodiscard]] version parse_version(std::string_view text);

enum class device_type { cpu, gpu, accelerator, other };
[[nodiscard]] const char* to_string(device_type type) noexcept;

/// Everything clotho asks a device once, as plain data: quirks, selectors and tests work on it without a
/// driver.
struct device_info {
  std::string platform_name, platform_vendor, platform_version;
  std::string name, vendor, driver_version, device_version, opencl_c_version;
  device_type type = device_type::other;
  std::uint32_t vendor_id = 0;
  version opencl;   ///< of the device, not of the platform
  std::string uuid; ///< lower-case hex, empty when unknown
  std::vector<std::string> extensions;

  std::uint32_t compute_units = 0;
  std::uint32_t clock_mhz = 0;
  std::uint64_t global_memory_bytes = 0;
  std::uint64_t max_allocation_bytes = 0;
  std::uint64_t local_memory_bytes = 0;
  bool local_memory_is_dedicated = false;
  std::uint64_t constant_memory_bytes = 0;
  std::size_t max_work_group_size = 0;
  std::array<std::size_t, 3> max_work_item_sizes{};
  std::size_t max_parameter_bytes = 0;
  std::size_t base_address_align_bytes = 0;
  std::size_t printf_buffer_bytes = 0;
  std::size_t timer_resolution_ns = 0;

  bool available = true;
  bool compiler_available = true;
  bool little_endian = true;
  bool full_profile = true;
  bool unified_memory = false; ///< host and device share memory
  bool images = false;
  std::array<std::size_t, 2> image2d_max{};
  std::array<std::size_t, 3> image3d_max{};
  bool fp64 = false;
  bool fp16 = false;
  bool spirv = false;
  bool non_uniform_groups = false; ///< local sizes that do not divide the range
  bool out_of_order = false;
  bool svm_coarse = false, svm_fine = false;
  std::uint32_t max_sub_devices = 0;
  bool sub_device = false; ///< made by partitioning another device

  std::size_t platform_index = 0; ///< position of the platform in the loader's list
  std::size_t index = 0;          ///< position among the devices of its platform

  [[nodiscard]] bool has_extension(std::string_view extension) const;
};

} // namespace clotho
