#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

#include <clotho/flow/runtime.hpp>

namespace clotho {

/// Where an algorithm runs: on a device of a runtime. Names both, owns nothing; the runtime must outlive it.
class placement {
 public:
  /// The runtime's first device: sort(rt, keys).
  placement(const runtime& owner) noexcept : owner_(&owner) {} // NOLINT: a runtime is one
  /// Another of its devices: sort(placement(rt).on(1), keys). Throws argument_error when there is none.
  [[nodiscard]] placement on(std::size_t device) const;

  [[nodiscard]] const runtime& owner() const noexcept { return *owner_; }
  [[nodiscard]] std::size_t device() const noexcept { return device_; }
  /// The device itself.
  [[nodiscard]] const clotho::device& target() const noexcept { return owner_->devices()[device_]; }

 private:
  const runtime* owner_;
  std::size_t device_ = 0;
};

} // namespace clotho
