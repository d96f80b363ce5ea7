#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <clotho/core/element_type.hpp>
#include <clotho/flow/runtime.hpp>

namespace clotho::tool {

/// The most that a device was seen to do.
struct ceiling {
  double per_second = 0;   ///< bytes, read and written; or operations, a multiply-add being two
  std::uint64_t bytes = 0; ///< how many were copied
  std::string kernel;      ///< the fastest of ceilings.cl: copy_cpu, copy_streaming, copy_gpu, ...
};

/// Measures what bounds kernels on a runtime's first device, by kernels of its own (ceilings.cl) in shapes
/// for processors and for graphics: the best launch of the fastest shape counts. Times are the device's where
/// it tells them, as for the kernels compared. Some tenths of a second for each ceiling; each is measured
/// once.
class ceiling_meter {
 public:
  /// `stop` is looked at between launches; then measuring throws job::interrupted.
  ceiling_meter(const runtime& rt, const std::atomic<bool>& stop) : rt_(rt), stop_(stop) {}

  /// Copying so many bytes in all, half of them read, half written; at least 64 KiB, and no more than memory
  /// allows: what a kernel reaches that touches as much, caches included. Throws what launches throw.
  [[nodiscard]] const ceiling& copy(std::uint64_t bytes);
  /// Multiply-adds of f32 or f64 in registers. Throws what launches throw.
  [[nodiscard]] const ceiling& multiply_add(scalar type);

  [[nodiscard]] const std::map<std::uint64_t, ceiling>& copies() const noexcept { return copies_; }
  [[nodiscard]] const std::map<scalar, ceiling>& multiply_adds() const noexcept { return multiply_adds_; }

 private:
  template <class Launch> double best_seconds(const Launch& launch);
  template <class T> ceiling measure_multiply_add();
  const loaded_program& program(scalar type);

  const runtime& rt_;
  const std::atomic<bool>& stop_;
  std::map<scalar, loaded_program> programs_;
  std::map<std::uint64_t, ceiling> copies_;
  std::map<scalar, ceiling> multiply_adds_;
};

} // namespace clotho::tool
