// SPDX-License-Identifier: Apache-2.0
#include <tbb/blocked_range.h>
#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>
#include <tbb/parallel_reduce.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#include <tbb/version.h>

#include <deque>
#include <memory>
#include <numeric>

#include "sched_idle.hpp"
#include "sched_tree.hpp"

namespace clotho::bench {
namespace {

// In `inside` the calling thread is one of the workers, in `outside` it is not.
struct arenas {
  explicit arenas(unsigned threads)
      : limit(tbb::global_control::max_allowed_parallelism, threads + 1), inside(static_cast<int>(threads)),
        outside(static_cast<int>(threads), 0) {}
  tbb::global_control limit;
  tbb::task_arena inside, outside;
};
using arenas_pointer = std::shared_ptr<arenas>;

constexpr const char* group_name = "oneTBB task_group";
constexpr const char* enqueue_name = "oneTBB enqueue";

void add_joins(entrants& to, const arenas_pointer& in) {
  const auto add = [&](const char* name, auto fork) {
    to.push_back({workload::join_fib, name,
                  [=](std::size_t n) { return in->inside.execute([&] { return sample_fib(fork, n); }); }});
  };
  add(group_name, fork_by_group([] { return tbb::task_group(); }));
  add("oneTBB parallel_invoke", [](const auto& f, const auto& g) { tbb::parallel_invoke(f, g); });
}

void add_loops(entrants& to, const arenas_pointer& in) {
  using range = tbb::blocked_range<std::size_t>;
  const auto add = [&](workload what, auto partitioner) {
    const auto loop = [=](std::size_t n, const auto& body) {
      const auto part = [&](const range& r) {
        for (std::size_t i = r.begin(); i < r.end(); ++i) body(i);
      };
      tbb::parallel_for(range(0, n), part, partitioner);
    };
    const auto elements = std::make_shared<looped>();
    to.push_back({what, "oneTBB parallel_for", [=](std::size_t n) {
                    return in->inside.execute([&] { return elements->sample(loop, n); });
                  }});
  };
  add(workload::loop, tbb::auto_partitioner());
  add(workload::fine_loop, tbb::simple_partitioner());
}

std::uint64_t sum_of(const std::vector<std::uint32_t>& values) {
  using range = tbb::blocked_range<const std::uint32_t*>;
  return tbb::parallel_reduce(
      range(values.data(), values.data() + values.size()), std::uint64_t{0},
      [](const range& r, std::uint64_t initial) { return std::accumulate(r.begin(), r.end(), initial); },
      std::plus<>());
}

void add_sum(entrants& to, const arenas_pointer& in) {
  const auto values = std::make_shared<summands>();
  to.push_back({workload::sum, "oneTBB parallel_reduce", [=](std::size_t n) {
                  return in->inside.execute([&] { return values->sample(sum_of, n); });
                }});
}

// The whole chain, built in advance.
class flow_chain {
 public:
  double sample(std::size_t n) {
    while (nodes_.size() < n) append();
    const std::uint64_t before = ran_;
    const double seconds = time_of([&] {
      nodes_.front().try_put({});
      graph_.wait_for_all();
    });
    check_result("a chain in a flow graph", ran_ - before, n);
    return seconds / static_cast<double>(n);
  }

 private:
  using node = tbb::flow::continue_node<tbb::flow::continue_msg>;
  void append() {
    node& added = nodes_.emplace_back(graph_, [this](const tbb::flow::continue_msg&) { ++ran_; });
    if (nodes_.size() > 1) tbb::flow::make_edge(nodes_[nodes_.size() - 2], added);
  }

  tbb::flow::graph graph_;
  std::deque<node> nodes_;
  std::uint64_t ran_ = 0;
};

void add_flow_chain(entrants& to, const arenas_pointer& in) {
  // Made in the arena, where its tasks are to run.
  const auto chain = in->inside.execute([] { return std::make_shared<flow_chain>(); });
  to.push_back({workload::group_chain, "oneTBB flow graph",
                [=](std::size_t n) { return in->inside.execute([&] { return chain->sample(n); }); }});
}

// A group whose tasks come from a thread outside of the arena.
class group_from_outside {
 public:
  explicit group_from_outside(tbb::task_arena& arena) : arena_(arena) {}
  template <class F> void run(const F& f) { arena_.enqueue(group_.defer(f)); }
  void wait() {
    arena_.execute([&] { group_.wait(); });
  }

 private:
  tbb::task_arena& arena_;
  tbb::task_group group_;
};

void add_outside(entrants& to, const arenas_pointer& in) {
  const auto post = [=](const auto& f) { in->outside.enqueue(f); };
  add_posting_cases(to, enqueue_name, post);
  to.push_back({workload::chain, enqueue_name, [=](std::size_t n) { return sample_chain(post, n); }});
  to.push_back({workload::group_flat_outside, "oneTBB enqueue of task_group::defer", [=](std::size_t n) {
                  return sample_flat_inside([&] { return group_from_outside(in->outside); }, n);
                }});
  to.push_back({workload::async_get, "oneTBB enqueue, std::packaged_task",
                [=](std::size_t n) { return sample_async_get(packaged(post), n); }});
}

} // namespace

std::string tbb_name() {
  const std::string version = TBB_runtime_version();
  return "oneTBB " + version;
}

entrants tbb_entrants(unsigned threads) {
  const auto in = std::make_shared<arenas>(threads);
  entrants all;
  add_joins(all, in);
  add_group_cases(
      all, group_name, [=](const auto& f) { return in->inside.execute(f); },
      [] { return tbb::task_group(); });
  add_loops(all, in);
  add_sum(all, in);
  add_flow_chain(all, in);
  add_outside(all, in);
  return all;
}

} // namespace clotho::bench
