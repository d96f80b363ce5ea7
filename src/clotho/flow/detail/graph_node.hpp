#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <clotho/flow/detail/flow_node.hpp>
#include <clotho/flow/flow_argument.hpp>
#include <clotho/runtime/nd_range.hpp>

namespace clotho::detail {

class lane;
class launch_batch;
class launch_observer;

/// A task of a graph. Its run uses it, one thread at a time.
class graph_node {
 public:
  graph_node() = default;
  virtual ~graph_node() = default;
  graph_node(const graph_node&) = delete;
  graph_node& operator=(const graph_node&) = delete;

  [[nodiscard]] virtual std::span<flow_access> accesses() noexcept = 0;
  /// Where it runs; null: on the host.
  [[nodiscard]] virtual lane* where() const noexcept = 0;

  /// For pictures.
  [[nodiscard]] virtual std::string_view title() const noexcept = 0;
  [[nodiscard]] virtual trace_category category() const noexcept = 0;

  /// Brings its memory to where it runs. What follows relies on that until something else moves the memory.
  virtual void bring() = 0;
  /// Does its work, and says whether it is done; else `observer` is told.
  [[nodiscard]] virtual bool start(launch_observer& observer) = 0;
  /// Does its work after what was given to `batch` before, which is of its lane; null on the host.
  virtual void run_in(launch_batch* batch) = 0;

  /// Throw argument_error when it has no such thing.
  virtual void replace(const flow_core& flow, const flow_argument& named) = 0;
  virtual void replace(const nd_range& range) = 0;

  std::vector<std::uint32_t> after; // who waits for it
  std::uint32_t before = 0;         // how many it waits for
};

/// Throws argument_error: only kernels can be changed.
[[noreturn]] void refuse_change();

} // namespace clotho::detail
