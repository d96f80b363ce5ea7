#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/detail/program_set.hpp>
#include <clotho/flow/detail/small_array.hpp>
#include <clotho/flow/flow_argument.hpp>
#include <clotho/runtime/nd_range.hpp>

namespace clotho::detail {

/// "argument 1 ('x', float*) of kernel 'saxpy'", for messages.
[[nodiscard]] std::string describe_argument(const kernel_signature& signature, std::size_t index);

/// Throws argument_error when the kernel was built by another runtime: for other devices, which may be gone.
void check_owner(const kernel_set& kernel, const flow_core& flow);

/// A kernel with its range and a copy of its arguments, to be launched later. It stays where it is.
class kernel_call {
 public:
  struct kept_sampling {
    std::size_t argument;
    sampling how;
  };

  /// What is about the task, after(f) and priorities, is left to the caller. Throws argument_error when they do not fit the kernel.
  kernel_call(const flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
              std::span<const flow_argument> given);

  [[nodiscard]] std::span<flow_access> accesses() noexcept { return accesses_; }
  [[nodiscard]] const kernel_signature& signature() const noexcept { return kernel_->signature; }
  [[nodiscard]] const kernel_set& kernel() const noexcept { return *kernel_; }
  /// The memory of the accesses, after bring_to.
  [[nodiscard]] std::vector<device_memory> memory();
  [[nodiscard]] std::span<const kept_sampling> samplings() const noexcept { return samplings_; }
  [[nodiscard]] const nd_range& range() const noexcept { return range_; }
  /// "kernel 'saxpy'", for messages.
  [[nodiscard]] std::string describe() const { return "kernel '" + signature().name + "'"; }
  /// The kernel on the lane of that index. Blocks while it is built; throws build_error.
  [[nodiscard]] kernel_on_lane& on(std::size_t lane_index) const { return kernel_->on(lane_index); }

  /// Brings the memory to `there`, and returns the arguments for a launch there, which stay as they are until the next
  /// call of anything here. Adds to `moved_bytes` what was moved. Blocks, throws as flow_memory::on_device.
  [[nodiscard]] std::span<const launch_argument> bring_to(lane& there, std::size_t* moved_bytes = nullptr);
  /// Which argument of the kernel the `i`-th access is.
  [[nodiscard]] std::size_t argument_of(std::size_t i) noexcept { return argument_of_[i]; }
  /// The arguments for a launch on `there`, with `memory` for the accesses. Several threads may ask at once.
  [[nodiscard]] std::vector<launch_argument> bind(lane& there, std::span<const device_memory> memory);
  /// Another value, or other memory, for the argument of that name, which must be of the kind that it was. Throws
  /// argument_error.
  void replace(const flow_core& flow, const flow_argument& named);
  void replace(const nd_range& range) noexcept { range_ = range; }
  /// Lets the memory go.
  void forget() noexcept;

 private:
  /// A copy of a value.
  struct kept_value {
    alignas(std::max_align_t) std::array<std::byte, 16> small{};
    std::shared_ptr<std::byte[]> large{};
    void keep(launch_argument& value);
  };
  static constexpr std::size_t few = 4;

  void keep(const flow_core& flow, const flow_argument& given, std::size_t index, std::size_t& next_access);
  void keep_sampling(const sampling& how, std::size_t index);
  void keep_access(const flow_core& flow, const flow_argument& given, std::size_t index, std::size_t which);
  void keep_scratch(const flow_core& flow, const scratch_request& wanted, std::size_t index, std::size_t which);
  void check_value(const launch_argument& value, std::size_t index) const;
  void check_element(const flow_access& access, std::size_t index) const;

  std::shared_ptr<kernel_set> kernel_;
  nd_range range_;
  small_array<launch_argument, few> arguments_;
  small_array<kept_value, few> values_;          // of the arguments that are values
  small_array<flow_access, few> accesses_;       // the arguments that are memory
  small_array<std::size_t, few> argument_of_;    // which argument each access is
  small_array<std::optional<device_memory>, few> memory_; // of each access, on the device
  std::vector<kept_sampling> samplings_;         // of the arguments that are samplers
};

} // namespace clotho::detail
