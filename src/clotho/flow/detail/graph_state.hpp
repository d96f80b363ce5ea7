#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <memory>
#include <vector>

#include <clotho/flow/detail/graph_node.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/loaded_program.hpp>

namespace clotho::detail {

/// The tasks of a graph, who waits for whom among them, and what they use together.
class graph_state {
 public:
  graph_state(flow_core& flow, std::vector<lane*> lanes);

  [[nodiscard]] flow_core& flow() const noexcept { return flow_; }
  [[nodiscard]] const std::vector<std::unique_ptr<graph_node>>& nodes() const noexcept { return nodes_; }

  /// Returns its index.
  std::size_t add(std::unique_ptr<graph_node> node);
  [[nodiscard]] std::unique_ptr<graph_node> make_kernel(const loaded_kernel& kernel, const nd_range& range,
                                                        std::span<const flow_argument> arguments) const;
  /// Works out the rest, when nodes were added or changed.
  void freeze();

  /// What a run uses: what it reads before it writes it, and what it writes. And what keeps runs apart.
  [[nodiscard]] const std::vector<flow_access>& accesses() const noexcept { return accesses_; }
  [[nodiscard]] const flow_access& turn() const noexcept { return turn_; }

  /// Throws device_lost_error when a device that it runs on is gone.
  void check_lanes() const;
  /// Whether all memory stays at one place during a run, so that it needs to be brought there only once. Blocks while it
  /// is allocated.
  [[nodiscard]] bool memory_stays() const;
  /// Whether one thread may as well do all of it, in the order in which it was recorded.
  [[nodiscard]] bool is_serial() const noexcept;

 private:
  void link(std::size_t index, const std::vector<std::size_t>& before);

  flow_core& flow_;
  const std::vector<lane*> lanes_;
  std::vector<std::unique_ptr<graph_node>> nodes_;
  std::vector<flow_access> accesses_;
  flow_access turn_;
  bool is_chain_ = true;
};

} // namespace clotho::detail
