#pragma once
// SPDX-License-Identifier: Apache-2.0
// Descriptions of devices, as their drivers report them, for tests that need no driver.

#include <string>
#include <utility>
#include <vector>

#include <clotho/runtime/device_info.hpp>

namespace clotho::test {

/// A well-behaved device that no quirk concerns.
inline device_info neutral_device() {
  device_info d;
  d.platform_name = "Neutral OpenCL";
  d.platform_vendor = d.vendor = "Neutral Ltd.";
  d.platform_version = d.device_version = "OpenCL 3.0 Neutral";
  d.opencl_c_version = "OpenCL C 3.0";
  d.name = "Neutral N1";
  d.driver_version = "10.0";
  d.type = device_type::accelerator;
  d.opencl = {3, 0};
  d.extensions = {"cl_khr_fp16", "cl_khr_fp64"};
  d.compute_units = 16;
  d.clock_mhz = 1000;
  d.global_memory_bytes = std::uint64_t{4} << 30;
  d.max_allocation_bytes = std::uint64_t{1} << 30;
  d.local_memory_bytes = 64 << 10;
  d.max_work_group_size = 1024;
  d.max_parameter_bytes = 4096;
  d.fp64 = d.fp16 = d.images = true;
  return d;
}

inline device_info on(std::string platform, std::string vendor, std::string name, std::string driver,
                      device_type type) {
  device_info d = neutral_device();
  d.platform_name = std::move(platform);
  d.platform_version = "OpenCL 3.0";
  d.platform_vendor = d.vendor = std::move(vendor);
  d.name = std::move(name);
  d.driver_version = std::move(driver);
  d.type = type;
  return d;
}

inline device_info pocl(std::string driver = "3.1+debian", std::string name = "pthread-skylake-avx512-Xeon",
                        device_type type = device_type::cpu) {
  device_info d =
      on("Portable Computing Language", "The pocl project", std::move(name), std::move(driver), type);
  d.platform_version = "OpenCL 3.0 PoCL " + d.driver_version + "  Linux, RELOC, SPIR, LLVM 15.0.6";
  d.vendor = "GenuineIntel";
  d.compute_units = 2;
  d.clock_mhz = 2300;
  d.unified_memory = type == device_type::cpu;
  d.fp16 = false;
  d.extensions = {"cl_khr_fp64"};
  return d;
}
inline device_info pocl_basic() {
  device_info d = pocl("3.1+debian", "basic-skylake-avx512-Xeon");
  d.compute_units = 1;
  return d;
}
inline device_info pocl_minimal() { return pocl("6.0", "cpu-minimal-skylake-avx512-Xeon"); }
inline device_info pocl_cuda() { return pocl("1.6", "NVIDIA GeForce RTX 2080", device_type::gpu); }

inline device_info rusticl() {
  device_info d = on("rusticl", "Mesa/X.org", "llvmpipe (LLVM 15.0.6, 256 bits)", "22.3.6", device_type::cpu);
  d.unified_memory = true;
  return d;
}
inline device_info clover() {
  device_info d = on("Clover", "Mesa", "AMD Radeon RX 580 (POLARIS10)", "22.3.6", device_type::gpu);
  d.opencl = {1, 1};
  return d;
}
inline device_info oclgrind() {
  device_info d =
      on("Oclgrind", "Oclgrind", "Oclgrind Simulator", "Oclgrind 21.10", device_type::accelerator);
  d.opencl = {1, 2};
  d.compute_units = d.clock_mhz = 1;
  return d;
}

inline device_info nvidia(std::string name = "NVIDIA A100-SXM4-40GB") {
  device_info d = on("NVIDIA CUDA", "NVIDIA Corporation", std::move(name), "535.104.05", device_type::gpu);
  d.extensions = {"cl_khr_fp64"};
  d.fp16 = false;
  d.uuid = "4c66a1b32e0f4d7c9a55c0ffee000001";
  d.global_memory_bytes = std::uint64_t{40} << 30;
  d.compute_units = 108;
  d.clock_mhz = 1410;
  return d;
}
inline device_info nvidia_gb10() {
  device_info d = nvidia("NVIDIA GB10");
  d.unified_memory = true;
  return d;
}

inline device_info amd(std::string name = "gfx1100") {
  device_info d = on("AMD Accelerated Parallel Processing", "Advanced Micro Devices, Inc.", std::move(name),
                     "3635.0 (HSA1.1,LC)", device_type::gpu);
  d.opencl = {2, 0};
  d.extensions = {"cl_khr_fp64", "cl_khr_fp16", "cl_amd_device_attribute_query"};
  d.global_memory_bytes = std::uint64_t{24} << 30;
  d.compute_units = 48;
  d.clock_mhz = 2500;
  return d;
}
inline device_info amd_hainan() {
  device_info d = amd("Hainan");
  d.driver_version = "1912.5";
  d.opencl = {1, 2};
  d.extensions = {"cl_amd_fp64"};
  return d;
}

inline device_info intel_arc() {
  device_info d = on("Intel(R) OpenCL Graphics", "Intel(R) Corporation", "Intel(R) Arc(TM) A770 Graphics",
                     "23.22.26516.18", device_type::gpu);
  d.global_memory_bytes = std::uint64_t{16} << 30;
  d.fp64 = false;
  return d;
}
inline device_info intel_integrated() {
  device_info d = intel_arc();
  d.name = "Intel(R) UHD Graphics 770";
  d.unified_memory = true;
  return d;
}
inline device_info intel_cpu() {
  device_info d = on("Intel(R) OpenCL", "Intel(R) Corporation", "Intel(R) Xeon(R) Processor",
                     "2023.16.6.0.22_223734", device_type::cpu);
  d.unified_memory = true;
  return d;
}
inline device_info intel_fpga_emulation() {
  device_info d = on("Intel(R) FPGA Emulation Platform for OpenCL(TM)", "Intel(R) Corporation",
                     "Intel(R) FPGA Emulation Device", "2023.16.6.0.22_223734", device_type::accelerator);
  d.opencl = {1, 2};
  return d;
}

inline device_info mali(std::string name = "Mali-G78") {
  device_info d = on("ARM Platform", "ARM", std::move(name), "3.0", device_type::gpu);
  d.unified_memory = true;
  d.extensions = {};
  return d;
}
inline device_info adreno() {
  device_info d =
      on("QUALCOMM Snapdragon(TM)", "QUALCOMM", "QUALCOMM Adreno(TM) 740", "0676.32", device_type::gpu);
  d.unified_memory = true;
  d.full_profile = false;
  return d;
}
inline device_info apple(device_type type = device_type::cpu) {
  device_info d = on("Apple", "Apple",
                     type == device_type::cpu ? "Intel(R) Core(TM) i7-3615QM CPU @ 2.30GHz" : "Iris Pro",
                     "1.2(Mar 15 2018 21:59:33)", type);
  d.opencl = {1, 2};
  return d;
}

/// At least one device for every entry of the quirk table.
inline std::vector<device_info> every_fake() {
  return {pocl(),
          pocl("0.12"),
          pocl_basic(),
          pocl_minimal(),
          pocl_cuda(),
          rusticl(),
          clover(),
          oclgrind(),
          nvidia(),
          nvidia("P106-100"),
          nvidia_gb10(),
          amd(),
          amd_hainan(),
          intel_arc(),
          intel_integrated(),
          intel_cpu(),
          intel_fpga_emulation(),
          mali(),
          mali("Mali-T628"),
          adreno(),
          apple(),
          apple(device_type::gpu)};
}

} // namespace clotho::test
