#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <utility>

#include <clotho/flow/detail/graph_node.hpp>
#include <clotho/flow/detail/host_call.hpp>

namespace clotho::detail {

/// A function of the host, as a task of a graph.
template <class Call> class graph_host final : public graph_node {
 public:
  template <class F>
  graph_host(F&& f, typename Call::access_array&& accesses) : call_(std::forward<F>(f), std::move(accesses)) {}

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return call_.accesses(); }
  [[nodiscard]] lane* where() const noexcept override { return nullptr; }
  [[nodiscard]] std::string_view title() const noexcept override { return call_.title(); }
  [[nodiscard]] trace_category category() const noexcept override { return trace_category::task; }
  void bring() override { call_.bring(); }
  [[nodiscard]] bool start(launch_observer&) override {
    call_.run();
    return true;
  }
  void run_in(launch_batch*) override { call_.run(); }
  void replace(const flow_core&, const flow_argument&) override { refuse_change(); }
  void replace(const nd_range&) override { refuse_change(); }

 private:
  Call call_;
};

} // namespace clotho::detail
