// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include <clotho/sched/async_semaphore.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

using clotho::async_semaphore;
using clotho::gather;
using clotho::sync_wait;
using clotho::task;

TEST_CASE("a semaphore lets in as many as it counts") {
  async_semaphore semaphore(2);
  sync_wait(semaphore.acquire());
  CHECK(semaphore.try_acquire());
  CHECK_FALSE(semaphore.try_acquire());
  semaphore.release();
  CHECK(semaphore.try_acquire());
  semaphore.release(0);
  CHECK_FALSE(semaphore.try_acquire());
  semaphore.release(2);
  semaphore.acquire_blocking();
  CHECK(semaphore.try_acquire());
}

TEST_CASE("a semaphore cannot count below zero") {
  CHECK_THROWS_WITH_AS(async_semaphore(-1), "a semaphore cannot count -1", clotho::argument_error);
  async_semaphore semaphore(0);
  CHECK_THROWS_WITH_AS(semaphore.release(-2), "a semaphore cannot count -2", clotho::argument_error);
}

TEST_CASE("who waits for a semaphore is let in in order, as many as are released") {
  async_semaphore semaphore(0);
  std::vector<int> order;
  const auto enter = [&](int who) -> task<> {
    co_await semaphore.acquire();
    order.push_back(who);
  };
  const auto release = [&]() -> task<> {
    semaphore.release(2);
    CHECK_FALSE(semaphore.try_acquire()); // both are promised
    co_await *co_await clotho::this_task::executor();
    CHECK(order == std::vector{1, 2});
    semaphore.release(2);
  };
  sync_wait(gather(enter(1), enter(2), enter(3), release()));
  CHECK(order == std::vector{1, 2, 3});
  CHECK(semaphore.try_acquire());
}

TEST_CASE("who is asked to stop while it waits for a semaphore takes nothing") {
  async_semaphore semaphore(0);
  std::stop_source stop;
  const auto enter = [&]() -> task<> { co_await semaphore.acquire(); };
  const auto ask = [&]() -> task<> {
    stop.request_stop();
    semaphore.release();
    co_return;
  };
  CHECK_THROWS_WITH_AS(sync_wait(gather(enter().stop_with(stop.get_token()), ask())),
                       "asked to stop while waiting for a semaphore", clotho::cancelled_error);
  CHECK(semaphore.try_acquire());
}

TEST_CASE("never more are in than a semaphore counts, threads and coroutines together") {
  constexpr int limit = 3, rounds = 300;
  clotho::thread_pool pool(4);
  async_semaphore semaphore(limit);
  std::atomic<int> inside{0}, most{0}, entered{0};
  const auto pass = [&] {
    const int now = ++inside;
    int seen = most.load();
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
    ++entered;
    --inside;
  };
  const auto visit = [&]() -> task<> {
    co_await pool;
    for (int i = 0; i < rounds; ++i) {
      co_await semaphore.acquire();
      pass();
      semaphore.release();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < rounds; ++i) {
          semaphore.acquire_blocking();
          pass();
          semaphore.release();
        }
      });
    std::vector<task<>> tasks;
    for (int t = 0; t < 12; ++t) tasks.push_back(visit());
    sync_wait(gather(std::move(tasks)));
  }
  CHECK(entered == 16 * rounds);
  CHECK(most <= limit);
  CHECK(most >= 1);
}
