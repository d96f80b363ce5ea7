// SPDX-License-Identifier: Apache-2.0
// Asks a driver about a device. All but its identity falls back to a default: drivers lack some facts, and a
// few lie.
#include <clotho/core/hash.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/detail/device_state.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace clotho::detail {
namespace {

std::string trimmed(const std::vector<char>& text) {
  return std::string(
      trim(std::string_view(text.data(), text.size()).substr(0, std::string_view(text.data()).size())));
}

// Asks twice, for the size and for the text; `get` is clGetPlatformInfo or clGetDeviceInfo.
template <class Get, class Object, class What>
cl_int read_text(Get get, Object object, What what, std::string& text) {
  std::size_t size = 0;
  if (const cl_int code = get(object, what, 0, nullptr, &size); code != CL_SUCCESS) return code;
  std::vector<char> found(size + 1);
  if (const cl_int code = get(object, what, size, found.data(), nullptr); code != CL_SUCCESS) return code;
  text = trimmed(found);
  return CL_SUCCESS;
}

std::string device_text(cl_device_id device, cl_device_info what) {
  std::string text;
  read_text(clGetDeviceInfo, device, what, text);
  return text;
}

// Facts by which quirks are chosen: without one of them a device would be used without its workarounds.
std::string identity(cl_platform_id platform, cl_platform_info what, const char* name) {
  std::string text;
  check(read_text(clGetPlatformInfo, platform, what, text), "clGetPlatformInfo", name);
  return text;
}
std::string identity(cl_device_id device, cl_device_info what, const char* name) {
  std::string text;
  check(read_text(clGetDeviceInfo, device, what, text), "clGetDeviceInfo", name);
  return text;
}

template <class T> T device_value(cl_device_id device, cl_device_info what, T fallback = {}) {
  T value = fallback;
  return clGetDeviceInfo(device, what, sizeof value, &value, nullptr) == CL_SUCCESS ? value : fallback;
}

bool device_flag(cl_device_id device, cl_device_info what, bool fallback = false) {
  return device_value<cl_bool>(device, what, fallback ? CL_TRUE : CL_FALSE) != CL_FALSE;
}

device_type type_of(cl_device_id device) {
  // Test bits: PoCL says CPU | DEFAULT.
  cl_device_type bits = 0;
  check(clGetDeviceInfo(device, CL_DEVICE_TYPE, sizeof bits, &bits, nullptr), "clGetDeviceInfo",
        "CL_DEVICE_TYPE");
  if (bits & CL_DEVICE_TYPE_GPU) return device_type::gpu;
  if (bits & CL_DEVICE_TYPE_CPU) return device_type::cpu;
  if (bits & CL_DEVICE_TYPE_ACCELERATOR) return device_type::accelerator;
  return device_type::other;
}

std::string uuid_of(cl_device_id device, const device_info& info) {
  if (!info.has_extension("cl_khr_device_uuid")) return {};
  std::array<std::byte, CL_UUID_SIZE_KHR> uuid{};
  if (clGetDeviceInfo(device, CL_DEVICE_UUID_KHR, uuid.size(), uuid.data(), nullptr) != CL_SUCCESS) return {};
  const bool known = std::any_of(uuid.begin(), uuid.end(), [](std::byte b) { return b != std::byte{0}; });
  return known ? to_hex(uuid) : std::string();
}

bool takes_spirv(cl_device_id device, const device_info& info) {
  const cl_device_info query = CL_DEVICE_IL_VERSION; // the extension's query has the same value
  const bool may = info.opencl >= version{2, 1} || info.has_extension("cl_khr_il_program");
  return may && device_text(device, query).find("SPIR-V") != std::string::npos;
}

void describe_identity(cl_platform_id platform, cl_device_id device, device_info& info) {
  info.platform_name = identity(platform, CL_PLATFORM_NAME, "CL_PLATFORM_NAME");
  info.platform_version = identity(platform, CL_PLATFORM_VERSION, "CL_PLATFORM_VERSION");
  info.platform_vendor = identity(platform, CL_PLATFORM_VENDOR, "CL_PLATFORM_VENDOR");
  info.name = identity(device, CL_DEVICE_NAME, "CL_DEVICE_NAME");
  info.vendor = identity(device, CL_DEVICE_VENDOR, "CL_DEVICE_VENDOR");
  info.driver_version = identity(device, CL_DRIVER_VERSION, "CL_DRIVER_VERSION");
  info.device_version = identity(device, CL_DEVICE_VERSION, "CL_DEVICE_VERSION");
  info.opencl_c_version = device_text(device, CL_DEVICE_OPENCL_C_VERSION);
  info.opencl = parse_version(info.device_version);
  info.type = type_of(device);
  info.vendor_id = device_value<cl_uint>(device, CL_DEVICE_VENDOR_ID);
  const std::string extensions = identity(device, CL_DEVICE_EXTENSIONS, "CL_DEVICE_EXTENSIONS");
  for (const std::string_view name : split(extensions, ' '))
    if (!name.empty()) info.extensions.emplace_back(name);
  info.uuid = uuid_of(device, info);
}

void describe_limits(cl_device_id device, device_info& info) {
  info.compute_units = device_value<cl_uint>(device, CL_DEVICE_MAX_COMPUTE_UNITS);
  info.clock_mhz = device_value<cl_uint>(device, CL_DEVICE_MAX_CLOCK_FREQUENCY);
  info.global_memory_bytes = device_value<cl_ulong>(device, CL_DEVICE_GLOBAL_MEM_SIZE);
  info.max_allocation_bytes = device_value<cl_ulong>(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
  info.local_memory_bytes = device_value<cl_ulong>(device, CL_DEVICE_LOCAL_MEM_SIZE);
  info.local_memory_is_dedicated =
      device_value<cl_device_local_mem_type>(device, CL_DEVICE_LOCAL_MEM_TYPE) == CL_LOCAL;
  info.constant_memory_bytes = device_value<cl_ulong>(device, CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE);
  info.max_work_group_size = device_value<std::size_t>(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, 1);
  // The array may be longer than 3 on devices with more dimensions.
  std::size_t size = 0;
  clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_ITEM_SIZES, 0, nullptr, &size);
  std::vector<std::size_t> items(std::max<std::size_t>(3, size / sizeof(std::size_t)), 1);
  clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_ITEM_SIZES, items.size() * sizeof(std::size_t), items.data(),
                  nullptr);
  std::copy_n(items.begin(), 3, info.max_work_item_sizes.begin());
  info.max_parameter_bytes = device_value<std::size_t>(device, CL_DEVICE_MAX_PARAMETER_SIZE, 1024);
  info.base_address_align_bytes = device_value<cl_uint>(device, CL_DEVICE_MEM_BASE_ADDR_ALIGN, 1024) / 8;
  info.timer_resolution_ns = device_value<std::size_t>(device, CL_DEVICE_PROFILING_TIMER_RESOLUTION, 1);
  info.printf_buffer_bytes = device_value<std::size_t>(device, CL_DEVICE_PRINTF_BUFFER_SIZE);
  info.max_sub_devices = device_value<cl_uint>(device, CL_DEVICE_PARTITION_MAX_SUB_DEVICES);
  info.sub_device = device_value<cl_device_id>(device, CL_DEVICE_PARENT_DEVICE) != nullptr;
}

void describe_images(cl_device_id device, device_info& info) {
  info.images = device_flag(device, CL_DEVICE_IMAGE_SUPPORT);
  if (!info.images) return;
  info.image2d_max = {device_value<std::size_t>(device, CL_DEVICE_IMAGE2D_MAX_WIDTH),
                      device_value<std::size_t>(device, CL_DEVICE_IMAGE2D_MAX_HEIGHT)};
  info.image3d_max = {device_value<std::size_t>(device, CL_DEVICE_IMAGE3D_MAX_WIDTH),
                      device_value<std::size_t>(device, CL_DEVICE_IMAGE3D_MAX_HEIGHT),
                      device_value<std::size_t>(device, CL_DEVICE_IMAGE3D_MAX_DEPTH)};
}

void describe_features(cl_device_id device, device_info& info) {
  info.available = device_flag(device, CL_DEVICE_AVAILABLE, true);
  info.compiler_available = device_flag(device, CL_DEVICE_COMPILER_AVAILABLE, true);
  info.little_endian = device_flag(device, CL_DEVICE_ENDIAN_LITTLE, true);
  info.full_profile = device_text(device, CL_DEVICE_PROFILE) != "EMBEDDED_PROFILE";
  info.unified_memory = device_flag(device, CL_DEVICE_HOST_UNIFIED_MEMORY);
  describe_images(device, info);
  info.fp64 = device_value<cl_device_fp_config>(device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0
              || info.has_extension("cl_khr_fp64") || info.has_extension("cl_amd_fp64");
  info.fp16 = info.has_extension("cl_khr_fp16");
  info.spirv = takes_spirv(device, info);
  info.non_uniform_groups = info.opencl >= version{3, 0}
                                ? device_flag(device, CL_DEVICE_NON_UNIFORM_WORK_GROUP_SUPPORT)
                                : info.opencl >= version{2, 0};
  const auto queue = device_value<cl_command_queue_properties>(device, CL_DEVICE_QUEUE_PROPERTIES);
  info.out_of_order = (queue & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) != 0;
  if (info.opencl >= version{2, 0}) {
    const auto svm = device_value<cl_device_svm_capabilities>(device, CL_DEVICE_SVM_CAPABILITIES);
    info.svm_coarse = (svm & CL_DEVICE_SVM_COARSE_GRAIN_BUFFER) != 0;
    info.svm_fine = (svm & CL_DEVICE_SVM_FINE_GRAIN_BUFFER) != 0;
  }
}

} // namespace

device_info describe_device(cl_platform_id platform, cl_device_id device) {
  device_info info;
  describe_identity(platform, device, info);
  describe_limits(device, info);
  describe_features(device, info);
  return info;
}

} // namespace clotho::detail
