// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/graph.hpp>

#include <string>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/flow_core.hpp>
#include <clotho/flow/detail/graph_state.hpp>
#include <clotho/flow/detail/graph_task.hpp>
#include <clotho/flow/detail/host_task.hpp>

namespace clotho {

namespace {

// Keeps runs out by taking their turn.
void wait_for_runs(const detail::graph_state& state) {
  buffer_slice<std::byte> turn(state.turn().memory, state.turn().where);
  detail::submit_host_task(state.flow(), [](std::span<std::byte>) {}, out(turn)).get();
}

detail::graph_node& node_of(const detail::graph_state& state, const recorded& node) {
  if (node.index() >= state.nodes().size())
    throw argument_error("the graph has " + std::to_string(state.nodes().size()) + " tasks; the one to change is another graph's");
  return *state.nodes()[node.index()];
}

} // namespace

future<void> graph::run(std::size_t times) const {
  return detail::flow_state<void>::submit(
      detail::state_ref<detail::flow_state<void>>::adopt(new detail::graph_task(state_, times)));
}

void graph::set(const recorded& node, const flow_argument& named) const {
  wait_for_runs(*state_);
  node_of(*state_, node).replace(state_->flow(), named);
  state_->freeze();
}

void graph::set(const recorded& node, const nd_range& range) const {
  wait_for_runs(*state_);
  node_of(*state_, node).replace(range);
}

std::size_t graph::size() const noexcept { return state_->nodes().size(); }

recorded recorder::launch(const loaded_kernel& kernel, const nd_range& range, std::span<const flow_argument> arguments) const {
  return add(state_->make_kernel(kernel, range, arguments));
}

recorded recorder::add(std::unique_ptr<detail::graph_node> node) const { return recorded(state_->add(std::move(node))); }

const detail::flow_core& recorder::flow() const noexcept { return state_->flow(); }

graph recorder::finish() && {
  state_->freeze();
  return graph(std::move(state_));
}

} // namespace clotho
