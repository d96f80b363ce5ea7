// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/graph_task.hpp>

#include <utility>

#include <clotho/flow/detail/flow_memory.hpp>

namespace clotho::detail {

namespace {

/// One for each lane that a run has used.
class batches {
 public:
  launch_batch* of(lane* where) {
    if (where == nullptr) return nullptr;
    for (const auto& [lane, batch] : all_)
      if (lane == where) return batch.get();
    return all_.emplace_back(where, where->begin_batch()).second.get();
  }
  void finish() {
    for (const auto& [where, batch] : all_) try {
        batch->finish();
        where->check_open(); // else what was written is gone
      } catch (...) {
        rethrow_examined(where);
      }
  }

 private:
  std::vector<std::pair<lane*, std::unique_ptr<launch_batch>>> all_;
};

} // namespace

graph_task::graph_task(std::shared_ptr<graph_state> what, std::size_t times)
    : flow_state(what->flow()), graph_(std::move(what)), times_(times), accesses_(graph_->accesses()) {
  accesses_.push_back(graph_->turn());
}

bool graph_task::work_on() {
  graph_->check_lanes();
  const bool memory_stays = graph_->memory_stays();
  if (graph_->nodes().empty() || times_ == 0 || (memory_stays && graph_->is_serial())) {
    run_serially();
    result.set_value();
    return true;
  }
  retain(); // until it has ended
  run_.emplace(*graph_, times_, !memory_stays, static_cast<graph_run_observer&>(*this));
  run_->begin();
  return false;
}

void graph_task::run_serially() {
  batches all;
  std::vector<std::pair<graph_node*, launch_batch*>> nodes;
  for (const auto& node : graph_->nodes()) nodes.emplace_back(node.get(), all.of(node->where()));
  for (std::size_t time = 0; time < times_; ++time)
    for (const auto& [node, batch] : nodes) {
      const traced_scope traced(flow().tracer(), node->category(), node->title());
      try {
        if (time == 0) node->bring();
        node->run_in(batch);
      } catch (...) {
        rethrow_examined(node->where());
      }
      if (time == 0) settle_one(*node);
    }
  all.finish();
}

// Those after it in the graph find there what it has written; when the run ends, the rest of the flow.
void graph_task::settle_one(graph_node& node) noexcept {
  for (flow_access& one : node.accesses())
    if (writes(one.mode)) one.memory->settle(one.where, nullptr, *this);
}

void graph_task::ended(std::exception_ptr failure) noexcept {
  if (failure)
    set_failure(std::move(failure));
  else
    result.set_value();
  finish();
  release();
}

} // namespace clotho::detail
