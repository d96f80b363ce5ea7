#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <span>

#include <clotho/runtime/kernel.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/runtime/nd_range.hpp>

namespace clotho {

/// A kernel with its range and its arguments, checked and bound once, to be given to queues many times: see queue::launch.
/// Move-only; one thread at a time may use it. What the arguments name must outlive it.
class prepared_launch {
 public:
  /// Throws as queue::launch does.
  prepared_launch(const kernel& function, const nd_range& range, std::span<const launch_argument> arguments);
  prepared_launch(prepared_launch&&) noexcept;
  prepared_launch& operator=(prepared_launch&&) noexcept;
  ~prepared_launch();

  struct bound;
  [[nodiscard]] bound& state() const noexcept { return *state_; }

 private:
  std::unique_ptr<bound> state_;
};

} // namespace clotho
