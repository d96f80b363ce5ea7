#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "ceilings.hpp"
#include "support/statistics.hpp"
#include "sweep.hpp"

namespace clotho::tool {

/// What bounds a launch, by what was measured on its device: it takes no less than its bytes take to copy,
/// nor than its operations take as multiply-adds.
struct roof {
  double memory_seconds = 0;
  std::optional<double> arithmetic_seconds; ///< where the operations are known
  [[nodiscard]] double seconds() const noexcept;
  [[nodiscard]] bool is_memory() const noexcept { return memory_seconds >= arithmetic_seconds.value_or(0); }
};

/// A kernel of the user's at one size on one device.
struct bench_row {
  std::string kernel;
  sweep_point point;
  std::size_t device = 0; ///< of the report's
  bool by_device = false; ///< times are the device's, else the host's
  std::uint64_t work_items = 0, bytes = 0;
  bool bytes_declared = false;
  std::optional<double> flops;
  std::vector<double> samples; ///< seconds, in their order
  std::size_t warmup = 0;      ///< launches before
  bool is_stable = false;
  statistics times;          ///< of the samples
  std::optional<roof> bound; ///< none where it was not measured

  [[nodiscard]] std::string name() const; ///< "saxpy n=1000"
  [[nodiscard]] double gb_per_s() const noexcept { return static_cast<double>(bytes) / times.median * 1e-9; }
  [[nodiscard]] double gflop_per_s() const noexcept { return flops.value_or(0) / times.median * 1e-9; }
  /// Which part of what is possible was reached: may exceed 1, as a kernel that only reads may beat copying.
  [[nodiscard]] double reached() const noexcept { return bound ? bound->seconds() / times.median : 0; }
};

struct bench_device {
  std::string name, driver;
  std::vector<ceiling> copies;          ///< by size
  std::optional<ceiling> multiply_adds; ///< where a kernel's operations are known
  std::string multiply_add_type;        ///< "f32", "f64"
};

struct bench_report {
  std::string file;
  std::vector<bench_device> devices;
  std::vector<bench_row> rows;
  double others = 0;                ///< cores that other processes kept busy meanwhile
  std::vector<std::string> missing; ///< what could not be measured, and why
};

/// The document clotho.bench/1 of suite "kernel": a row's peer is the roofline, the same launch at what its
/// device can do at most, and so `ahead` is the part reached. Each row also has "device", "driver", "kernel",
/// "parameters", "low" and "high" (95 % interval of the median), "samples_ns", "warmup", "stable",
/// "outliers", "work_items", "bytes", "bytes_declared", "flops", "gb_per_s", "gflop_per_s", "bound"
/// ("memory", "arithmetic" or null); the document has "file", "ceilings" and "others_cores". Times in
/// microseconds unless a name says otherwise.
[[nodiscard]] nlohmann::json to_json(const bench_report& report);

} // namespace clotho::tool
