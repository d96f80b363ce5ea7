#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <clotho/flow/detail/flow_state.hpp>
#include <clotho/flow/detail/graph_run.hpp>
#include <clotho/flow/detail/graph_state.hpp>

namespace clotho::detail {

/// Some runs of a graph, one after the other.
class graph_task final : public flow_state<void>, private graph_run_observer {
 public:
  graph_task(std::shared_ptr<graph_state> what, std::size_t times);

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return accesses_; }
  [[nodiscard]] std::string describe() const override { return "a graph"; }

 private:
  [[nodiscard]] std::string_view title() const noexcept override { return "graph"; }
  [[nodiscard]] bool work_on() override;
  void clear() noexcept override { graph_.reset(); }
  void run_serially();
  void settle_one(graph_node& node) noexcept override;
  void ended(std::exception_ptr failure) noexcept override;

  std::shared_ptr<graph_state> graph_; // until it has ended: the graph's memory remembers its last task
  const std::size_t times_;
  std::vector<flow_access> accesses_;
  std::optional<graph_run> run_;
};

} // namespace clotho::detail
