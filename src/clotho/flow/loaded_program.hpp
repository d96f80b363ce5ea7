#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/signature.hpp>

namespace clotho {

class program;

namespace detail {
struct kernel_set;
struct program_set;
} // namespace detail

/// A kernel on every device of a runtime. A handle; safe from any thread.
class loaded_kernel {
 public:
  [[nodiscard]] const std::string& name() const noexcept { return signature().name; }
  /// Names and types of the arguments, as the source says.
  [[nodiscard]] const kernel_signature& signature() const noexcept;
  /// The same kernel, to be launched on the runtime's `device`-th device only. Throws argument_error when there is none.
  [[nodiscard]] loaded_kernel on(std::size_t device) const;

  /// For clotho's own code.
  loaded_kernel(std::shared_ptr<detail::kernel_set> state, std::size_t device) : state_(std::move(state)), device_(device) {}
  static constexpr std::size_t any_device = static_cast<std::size_t>(-1);
  [[nodiscard]] const std::shared_ptr<detail::kernel_set>& state() const noexcept { return state_; }
  [[nodiscard]] std::size_t device() const noexcept { return device_; }

 private:
  std::shared_ptr<detail::kernel_set> state_;
  std::size_t device_;
};

/// A program that is built in the background for every device of a runtime. A handle; safe from any thread.
class loaded_program {
 public:
  /// Does not wait for the build: what the compiler refuses, launches of the kernel throw through their futures.
  /// Throws argument_error that lists the kernels there are when there is none of that name.
  [[nodiscard]] loaded_kernel kernel(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> kernel_names() const;
  /// Waits until it is built on all devices. Throws the first build_error.
  void wait() const;
  /// What was built for the runtime's `device`-th device: where it came from, what the compiler said. Waits until it is.
  /// Throws build_error, and argument_error when there is no such device.
  [[nodiscard]] const program& on(std::size_t device = 0) const;

  /// For clotho's own code.
  explicit loaded_program(std::shared_ptr<detail::program_set> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<detail::program_set> state_;
};

} // namespace clotho
