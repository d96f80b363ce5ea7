// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <clotho/sched/channel.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "sched_work.hpp"

namespace clotho::bench {
namespace {

task<> send_numbers(writer<std::uint64_t> to, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) co_await to.async_send(i);
}

task<std::uint64_t> add_numbers(reader<std::uint64_t> from, std::uint64_t count) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < count; ++i) sum += co_await from.async_receive();
  co_return sum;
}

task<double> meet(thread_pool& pool, std::uint64_t n) {
  co_await pool;
  channel<std::uint64_t> numbers;
  const auto begin = std::chrono::steady_clock::now();
  const auto [nothing, sum] =
      co_await gather(send_numbers(numbers.writer(), n), add_numbers(numbers.reader(), n));
  const double seconds = seconds_since(begin);
  check_result("a channel, in the sum of its items,", sum, n * (n - 1) / 2);
  co_return seconds / static_cast<double>(n);
}

} // namespace

void add_future_cases(entrants& to, const std::shared_ptr<thread_pool>& pool) {
  const auto launch = [=](const auto& f) { return async(*pool, f); };
  to.push_back({workload::async_get, "clotho", [=](std::size_t n) { return sample_async_get(launch, n); }});
  to.push_back({workload::rendezvous, "clotho", [=](std::size_t n) { return sync_wait(meet(*pool, n)); }});
}

} // namespace clotho::bench
