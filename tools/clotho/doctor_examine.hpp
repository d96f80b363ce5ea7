#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <clotho/runtime/device.hpp>

#include "doctor_icd.hpp"

namespace clotho::tool {

/// What a process that asked a driver, or all of them, for devices came back with.
struct driver_report {
  std::vector<device_info> devices;
  std::vector<platform_problem> problems;
  std::string library_problem; ///< the library cannot be loaded, and why
  std::string death;           ///< "killed by SIGSEGV while listing the devices"; empty when it lived
  [[nodiscard]] bool failed() const noexcept { return !library_problem.empty() || !death.empty(); }
};

/// One check of one device.
struct check_report {
  std::string name;
  std::string result; ///< "passed", "failed", "skipped"
  std::string text;
  double milliseconds = 0;
};

/// Each step (loading, listing, one check) gets `patience`; then its process is killed, and that is reported.
/// The driver alone, or, without one, all of them together as the environment says.
[[nodiscard]] driver_report examine_driver(const icd* driver, std::chrono::milliseconds patience);
/// Every check; one that takes its process down does not keep the next ones from running.
/// `position`: of the device in driver_report::devices.
[[nodiscard]] std::vector<check_report> examine_device(const icd& driver, std::size_t position,
                                                       std::chrono::milliseconds patience);

} // namespace clotho::tool
