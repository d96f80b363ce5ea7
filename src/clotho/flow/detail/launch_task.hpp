#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <clotho/flow/detail/flow_state.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/detail/program_set.hpp>
#include <clotho/flow/flow_argument.hpp>
#include <clotho/runtime/nd_range.hpp>

namespace clotho::detail {

/// A kernel with its arguments.
class launch_task final : public flow_state<void>, private launch_observer {
 public:
  /// Throws argument_error when the arguments do not fit the kernel.
  launch_task(flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
              std::span<const flow_argument> arguments);

  /// On which device. Before it is submitted.
  void place_on(lane& where, std::size_t index) noexcept;

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return accesses_; }
  [[nodiscard]] std::string describe() const override { return "kernel '" + kernel_->signature.name + "'"; }

 private:
  /// A value of the caller's, kept.
  struct kept_argument {
    launch_argument value{nullptr};
    std::size_t access = none; // memory: which of the accesses
    std::vector<std::byte> bytes;
  };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void keep(const flow_argument& given, std::size_t index);
  void check_element(const flow_access& access, std::size_t index) const;
  [[nodiscard]] bool work_on() override;
  [[nodiscard]] bool ends_later(const std::exception_ptr& failure) noexcept override;
  [[nodiscard]] bool may_run_here() const noexcept override;
  void launched(std::exception_ptr failure) noexcept override;
  void clear() noexcept override;

  std::shared_ptr<kernel_set> kernel_;
  nd_range range_;
  std::vector<kept_argument> arguments_;
  std::vector<flow_access> accesses_;
  lane* lane_ = nullptr;
  std::size_t lane_index_ = 0;
};

} // namespace clotho::detail
