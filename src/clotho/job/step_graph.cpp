// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <queue>
#include <tuple>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/detail/message.hpp>
#include <clotho/job/pipeline.hpp>

namespace clotho::job {
namespace {

using index = std::size_t;
using step_lists = std::vector<std::vector<index>>;

// For each step, the steps that its `after` names.
step_lists required_steps(const pipeline& job) {
  std::map<std::string_view, index> by_id;
  for (index i = 0; i < job.steps.size(); ++i) by_id.emplace(job.steps[i].id, i);
  step_lists required(job.steps.size());
  for (index i = 0; i < job.steps.size(); ++i)
    for (const std::string& id : job.steps[i].after) {
      const auto found = by_id.find(id);
      if (found == by_id.end())
        throw format_error(job.steps[i].where,
                           "step " + detail::shown(job.steps[i].id)
                               + " comes after a step that does not exist: " + detail::shown(id));
      required[i].push_back(found->second);
    }
  return required;
}

// Follows unmet requirements until one comes round again.
[[noreturn]] void throw_cycle(const pipeline& job, const step_lists& required,
                              const std::vector<bool>& done) {
  index at = static_cast<index>(std::find(done.begin(), done.end(), false) - done.begin());
  std::vector<index> path;
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    at = *std::find_if(required[at].begin(), required[at].end(), [&](index i) { return !done[i]; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), at));
  path.push_back(at);
  std::vector<std::string> names;
  for (const index i : path) names.push_back(detail::shown(job.steps[i].id));
  throw format_error(job.steps[at].where, "steps wait for each other: " + join(names, " after "));
}

// The file's order; a step that must wait comes as early as it may.
std::vector<index> order_of(const pipeline& job) {
  const step_lists required = required_steps(job);
  step_lists released(required.size());
  std::vector<std::size_t> missing(required.size());
  std::priority_queue<index, std::vector<index>, std::greater<>> ready;
  for (index i = 0; i < required.size(); ++i) {
    missing[i] = required[i].size();
    for (const index before : required[i]) released[before].push_back(i);
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<index> order;
  std::vector<bool> done(required.size());
  while (!ready.empty()) {
    const index next = ready.top();
    ready.pop();
    order.push_back(next);
    done[next] = true;
    for (const index waiting : released[next])
      if (--missing[waiting] == 0) ready.push(waiting);
  }
  if (order.size() < required.size()) throw_cycle(job, required, done);
  return order;
}

// Who has touched a buffer so far.
struct buffer_state {
  std::optional<index> writer;
  std::vector<index> readers; // since then
};

// One entry a buffer, also when two arguments of a step are the same buffer.
std::map<std::string, buffer_use> merged(const std::vector<buffer_use>& uses) {
  std::map<std::string, buffer_use> result;
  for (const buffer_use& use : uses) {
    buffer_use& entry = result.try_emplace(use.buffer, buffer_use{use.buffer, false, false}).first->second;
    entry.reads |= use.reads;
    entry.writes |= use.writes;
  }
  return result;
}

class edge_builder {
 public:
  void add_step(index step, const std::vector<buffer_use>& uses) {
    for (const auto& [name, use] : merged(uses)) add_use(step, use);
  }
  void add(index from, index to, const std::string& buffer) { edges_.push_back({from, to, buffer}); }

  [[nodiscard]] std::vector<step_graph::edge> take() {
    using edge = step_graph::edge;
    const auto key = [](const edge& e) { return std::tie(e.to, e.from, e.buffer); };
    std::sort(edges_.begin(), edges_.end(), [&](auto& a, auto& b) { return key(a) < key(b); });
    const auto same = [&](const edge& a, const edge& b) { return key(a) == key(b); };
    edges_.erase(std::unique(edges_.begin(), edges_.end(), same), edges_.end());
    return std::move(edges_);
  }

 private:
  void add_use(index step, const buffer_use& use) {
    buffer_state& state = states_[use.buffer];
    if (state.writer && (use.reads || use.writes)) add(*state.writer, step, use.buffer);
    if (use.writes) {
      for (const index reader : state.readers) add(reader, step, use.buffer);
      state = {step, {}};
    } else if (use.reads) {
      state.readers.push_back(step);
    }
  }

  std::map<std::string, buffer_state> states_;
  std::vector<step_graph::edge> edges_;
};

} // namespace

step_graph make_graph(const pipeline& job, const std::vector<std::vector<buffer_use>>& uses) {
  if (uses.size() != job.steps.size())
    throw argument_error("uses of " + std::to_string(uses.size()) + " steps for a job of "
                         + std::to_string(job.steps.size()));
  step_graph graph;
  graph.order = order_of(job);
  edge_builder edges;
  for (const index step : graph.order) edges.add_step(step, uses[step]);
  const step_lists required = required_steps(job);
  for (index step = 0; step < required.size(); ++step)
    for (const index before : required[step]) edges.add(before, step, {});
  graph.edges = edges.take();
  return graph;
}

} // namespace clotho::job
