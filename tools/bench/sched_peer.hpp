#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace clotho::bench {

enum class workload {
  join_fib,           ///< fib(n) by fork and join; seconds per call
  spawn_fib,          ///< fib(n) by a task group for each call; seconds per call
  flat_inside,        ///< n tasks into one group, by a worker; seconds per task
  flat_outside,       ///< n tasks submitted by a thread that is no worker; seconds per task
  group_flat_outside, ///< the same into one group
  skynet,             ///< ten children for each task, n leaves, the sum of their numbers; seconds per task
  queens,             ///< n queens, a task for each placement; seconds per task
  chain,              ///< n tasks, each of which submits the next; seconds per task
  group_chain,        ///< the same within one group, by a worker
  loop,               ///< a loop over n elements with next to no work; seconds per element
  fine_loop,          ///< the same, a task for each element
  sum,                ///< n elements; seconds per element
  wake,               ///< post, run, tell; after n us in which the caller was busy; seconds
  wake_asleep,        ///< the same after n us in which the whole program slept
  idle,               ///< n ms of nothing after some work; the share of a core that was used
  async_get,          ///< n functions run one after the other and waited for each; seconds per function
  rendezvous          ///< n items handed from one coroutine to another; seconds per item
};

/// One way to do some work.
struct entrant {
  workload what;
  std::string name;
  /// Does it once, checks what came out and returns the figure above. Throws error when that was wrong.
  std::function<double(std::size_t n)> run;
};
using entrants = std::vector<entrant>;

/// Everything that a scheduler can do with `threads` threads. Its pool lives as long as the entrants, and
/// sleeps between runs. At most one entrant of clotho for each workload.
[[nodiscard]] entrants clotho_entrants(unsigned threads);
[[nodiscard]] entrants tbb_entrants(unsigned threads);
/// What is written by hand where no scheduler is: a queue with a mutex and a condition variable, std::async.
[[nodiscard]] entrants plain_entrants(unsigned threads);

/// "oneTBB 2021.8", as it is loaded.
[[nodiscard]] std::string tbb_name();

} // namespace clotho::bench
