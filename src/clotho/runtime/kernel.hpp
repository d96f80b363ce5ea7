#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include <clotho/core/signature.hpp>

namespace clotho {

namespace detail {
struct kernel_state;
}

/// What a device allows a kernel.
struct kernel_limits {
  std::size_t max_local_size = 1;     ///< work-items in a group
  std::size_t preferred_multiple = 1; ///< of the local size
  std::size_t local_memory_bytes = 0; ///< its own __local variables
};

/// A function that can be launched. A handle; safe from any thread: each launch leases a driver object of its
/// own.
class kernel {
 public:
  [[nodiscard]] const std::string& name() const noexcept { return signature().name; }
  /// Names and types of the arguments. Without source (SPIR-V, foreign binaries) as far as the driver tells.
  [[nodiscard]] const kernel_signature& signature() const noexcept;
  [[nodiscard]] const kernel_limits& limits() const noexcept;

  explicit kernel(std::shared_ptr<detail::kernel_state> state) : state_(std::move(state)) {}
  [[nodiscard]] const std::shared_ptr<detail::kernel_state>& state() const noexcept { return state_; }

 private:
  std::shared_ptr<detail::kernel_state> state_;
};

} // namespace clotho
