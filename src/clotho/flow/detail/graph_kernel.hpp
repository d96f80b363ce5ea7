#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>

#include <clotho/flow/detail/graph_node.hpp>
#include <clotho/flow/detail/kernel_call.hpp>
#include <clotho/runtime/prepared_launch.hpp>

namespace clotho::detail {

/// A kernel, as a task of a graph.
class graph_kernel final : public graph_node {
 public:
  /// Throws as kernel_call does.
  graph_kernel(const flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
               std::span<const flow_argument> arguments, lane& where, std::size_t lane_index);

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return call_.accesses(); }
  [[nodiscard]] lane* where() const noexcept override { return &lane_; }
  [[nodiscard]] std::string_view title() const noexcept override { return call_.signature().name; }
  [[nodiscard]] trace_category category() const noexcept override { return trace_category::kernel; }
  void bring() override;
  [[nodiscard]] bool start(launch_observer& observer) override;
  void run_in(launch_batch* batch) override;
  void replace(const flow_core& flow, const flow_argument& named) override { call_.replace(flow, named); }
  void replace(const nd_range& range) override;

 private:
  [[nodiscard]] bool run_as_the_lane_does();

  kernel_call call_;
  lane& lane_;
  const std::size_t lane_index_;
  kernel_on_lane* compiled_ = nullptr;
  std::span<const launch_argument> arguments_;
  std::optional<prepared_launch> prepared_; // when its memory stays where it is
  unsigned measured_ = 0;
};

} // namespace clotho::detail
