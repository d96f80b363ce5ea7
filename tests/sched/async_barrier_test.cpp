// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <clotho/sched/async_barrier.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

using clotho::async_barrier;
using clotho::gather;
using clotho::sync_wait;
using clotho::task;

TEST_CASE("a barrier for one does not wait") {
  int completed = 0;
  async_barrier barrier(1, [&] { ++completed; });
  sync_wait(barrier.arrive_and_wait());
  barrier.arrive_and_wait_blocking();
  CHECK(completed == 2);
}

TEST_CASE("a barrier for nobody is refused") {
  CHECK_THROWS_WITH_AS(async_barrier(0), "a barrier for 0 makes no sense", clotho::argument_error);
  CHECK_THROWS_WITH_AS(async_barrier(-3), "a barrier for -3 makes no sense", clotho::argument_error);
}

TEST_CASE("nobody passes a barrier before all have arrived, round after round") {
  constexpr int coroutines = 6, threads = 2, rounds = 300;
  constexpr int parties = coroutines + threads;
  clotho::thread_pool pool(4);
  std::atomic<int> arrived{0};
  int completed = 0; // guarded by the barrier
  async_barrier barrier(parties, [&] { ++completed; });
  std::atomic<bool> wrong{false};
  const auto check = [&](int round) {
    // All have arrived in this round, and nobody can be more than a round ahead.
    const int seen = arrived;
    if (seen < parties * (round + 1) || seen >= parties * (round + 2)) wrong = true;
    if (completed != round + 1) wrong = true;
  };
  const auto walk = [&]() -> task<> {
    co_await pool;
    for (int round = 0; round < rounds; ++round) {
      ++arrived;
      co_await barrier.arrive_and_wait();
      check(round);
    }
  };
  {
    std::vector<std::jthread> others;
    for (int t = 0; t < threads; ++t)
      others.emplace_back([&] {
        for (int round = 0; round < rounds; ++round) {
          ++arrived;
          barrier.arrive_and_wait_blocking();
          check(round);
        }
      });
    std::vector<task<>> tasks;
    for (int t = 0; t < coroutines; ++t) tasks.push_back(walk());
    sync_wait(gather(std::move(tasks)));
  }
  CHECK_FALSE(wrong);
  CHECK(completed == rounds);
}

TEST_CASE("what a completion throws, who came last throws; the others pass") {
  async_barrier barrier(2, [] { throw std::runtime_error("not complete"); });
  int passed = 0;
  const auto arrive = [&]() -> task<> {
    co_await barrier.arrive_and_wait();
    ++passed;
  };
  CHECK_THROWS_WITH(sync_wait(gather(arrive(), arrive())), "not complete");
  CHECK(passed == 1);
}

TEST_CASE("who is asked to stop while it waits at a barrier has not arrived") {
  async_barrier barrier(2);
  std::stop_source stop;
  int passed = 0;
  const auto arrive = [&]() -> task<> {
    co_await barrier.arrive_and_wait();
    ++passed;
  };
  const auto ask = [&]() -> task<> {
    stop.request_stop();
    co_return;
  };
  CHECK_THROWS_WITH_AS(sync_wait(gather(arrive().stop_with(stop.get_token()), ask())),
                       "asked to stop while waiting for a barrier", clotho::cancelled_error);
  CHECK(passed == 0);
  sync_wait(gather(arrive(), arrive()));
  CHECK(passed == 2);
}
