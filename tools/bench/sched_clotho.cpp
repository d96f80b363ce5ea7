// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <numeric>

#include <clotho/sched/channel.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/join.hpp>
#include <clotho/sched/parallel_for.hpp>
#include <clotho/sched/parallel_reduce.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/task_group.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "sched_idle.hpp"
#include "sched_tree.hpp"

namespace clotho::bench {
namespace {

using pool_pointer = std::shared_ptr<thread_pool>;

void add_join(entrants& to, const pool_pointer& pool) {
  const auto fork = [](const auto& f, const auto& g) { join(f, g); };
  to.push_back({workload::join_fib, "clotho",
                [=](std::size_t n) { return pool->execute([&] { return sample_fib(fork, n); }); }});
}

void add_loops(entrants& to, const pool_pointer& pool) {
  const auto add = [&](workload what, grain wanted) {
    const auto loop = [=](std::size_t n, const auto& body) {
      parallel_for(*pool, std::size_t{0}, n, body, wanted);
    };
    const auto elements = std::make_shared<looped>();
    to.push_back({what, "clotho",
                  [=](std::size_t n) { return pool->execute([&] { return elements->sample(loop, n); }); }});
  };
  add(workload::loop, {});
  add(workload::fine_loop, {1});
}

std::uint64_t sum_of(thread_pool& pool, const std::vector<std::uint32_t>& values) {
  const auto part = [&](std::size_t begin, std::size_t end, std::uint64_t initial) {
    const auto from = values.begin();
    return std::accumulate(from + static_cast<std::ptrdiff_t>(begin), from + static_cast<std::ptrdiff_t>(end),
                           initial);
  };
  return parallel_reduce(pool, std::size_t{0}, values.size(), std::uint64_t{0}, part, std::plus<>());
}

void add_sum(entrants& to, const pool_pointer& pool) {
  const auto values = std::make_shared<summands>();
  const auto add = [=](const std::vector<std::uint32_t>& all) { return sum_of(*pool, all); };
  to.push_back({workload::sum, "clotho",
                [=](std::size_t n) { return pool->execute([&] { return values->sample(add, n); }); }});
}

void add_outside(entrants& to, const pool_pointer& pool) {
  add_posting_cases(to, "clotho", [=](auto f) { pool->submit(f); });
  const auto post_next = [=](auto f) { pool->submit_continuation(f); };
  to.push_back({workload::chain, "clotho", [=](std::size_t n) { return sample_chain(post_next, n); }});
  to.push_back({workload::group_flat_outside, "clotho",
                [=](std::size_t n) { return sample_flat_inside([&] { return task_group(*pool); }, n); }});
}

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

void add_futures(entrants& to, const pool_pointer& pool) {
  const auto launch = [=](const auto& f) { return async(*pool, f); };
  to.push_back({workload::async_get, "clotho", [=](std::size_t n) { return sample_async_get(launch, n); }});
  to.push_back({workload::rendezvous, "clotho", [=](std::size_t n) { return sync_wait(meet(*pool, n)); }});
}

} // namespace

entrants clotho_entrants(unsigned threads) {
  const auto pool = std::make_shared<thread_pool>(threads);
  entrants all;
  add_join(all, pool);
  add_group_cases(
      all, "clotho", [=](const auto& f) { return pool->execute(f); },
      [p = pool.get()] { return task_group(*p); });
  add_loops(all, pool);
  add_sum(all, pool);
  add_outside(all, pool);
  add_futures(all, pool);
  return all;
}

} // namespace clotho::bench
