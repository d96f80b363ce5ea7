// SPDX-License-Identifier: Apache-2.0
// A library that uses the whole layer, to be loaded and unloaded: nothing of it may stay behind.
#include <atomic>
#include <chrono>
#include <tuple>
#include <vector>

#include <clotho/sched/channel.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/parallel_reduce.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/task_group.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <clotho/sched/timer.hpp>
#include <clotho/sched/when.hpp>

namespace {

using namespace clotho;

task<int> one_after(executor& there, timer& clock) {
  co_await there;
  co_await clock.sleep_for(std::chrono::microseconds(50));
  co_return 1;
}

int forked(thread_pool& pool) {
  std::atomic<int> sum{0};
  task_group group(pool);
  for (int i = 0; i < 100; ++i) group.run([&] { ++sum; });
  group.wait();
  return sum + parallel_reduce(
                   pool, 0, 1000, 0, [](int begin, int end, int initial) { return initial + end - begin; },
                   [](int a, int b) { return a + b; });
}

int awaited(thread_pool& pool) {
  timer clock;
  std::vector<task<int>> tasks;
  for (int i = 0; i < 10; ++i) tasks.push_back(one_after(pool, clock));
  int sum = 0;
  for (const int one : sync_wait(gather(std::move(tasks)))) sum += one;
  return sum + when_all(async(pool, [] { return 1; }), spawn(pool, one_after(pool, clock)).then([](int x) { return x; }))
                   .then([](const std::tuple<int, int>& both) { return std::get<0>(both) + std::get<1>(both); })
                   .get();
}

int communicated(thread_pool& pool) {
  channel<int> numbers(2);
  auto produced = async(pool, [out = numbers.writer()] {
    for (int i = 0; i < 100; ++i) out.send(1);
  });
  int sum = 0;
  const auto in = numbers.reader();
  for (int i = 0; i < 100; ++i) sum += in.receive();
  produced.get();
  return sum;
}

} // namespace

extern "C" {
/// Returns 1312.
int clotho_unloadable_run();
}

int clotho_unloadable_run() {
  thread_pool pool(3);
  int sum = forked(pool) + awaited(pool) + communicated(pool);
  try {
    async(pool, []() -> int { throw 100; }).get();
  } catch (const int thrown) {
    sum += thrown;
  }
  return sum;
}
