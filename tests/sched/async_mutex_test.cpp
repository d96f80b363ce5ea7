// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include <clotho/sched/async_mutex.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

using clotho::async_mutex;
using clotho::gather;
using clotho::sync_wait;
using clotho::task;

TEST_CASE("a mutex is held by one at a time") {
  async_mutex mutex;
  {
    const auto held = mutex.try_lock();
    REQUIRE(held);
    CHECK_FALSE(mutex.try_lock());
  }
  auto held = sync_wait(mutex.lock());
  CHECK(held);
  CHECK_FALSE(mutex.try_lock());

  SUBCASE("until its guard goes") { held = {}; }
  SUBCASE("or unlocks") {
    held.unlock();
    CHECK_FALSE(held);
  }
  SUBCASE("or the guard it was moved to goes") { const auto moved = std::move(held); }
  CHECK(mutex.try_lock());
}

TEST_CASE("a mutex is given in the order of asking") {
  async_mutex mutex;
  std::vector<int> order;
  const auto enter = [&](int who) -> task<> {
    const auto held = co_await mutex.lock();
    CHECK_FALSE(mutex.try_lock()); // Nobody overtakes.
    order.push_back(who);
    co_await *co_await clotho::this_task::executor();
  };
  sync_wait(gather(enter(1), enter(2), enter(3)));
  CHECK(order == std::vector{1, 2, 3});
}

TEST_CASE("an exception unlocks") {
  async_mutex mutex;
  const auto work = [&]() -> task<> {
    const auto held = co_await mutex.lock();
    throw std::runtime_error("while locked");
  };
  CHECK_THROWS_WITH(sync_wait(work()), "while locked");
  CHECK(mutex.try_lock());
}

TEST_CASE("who is asked to stop while it waits for a mutex does not get it") {
  async_mutex mutex;
  std::stop_source stop;
  auto held = mutex.try_lock();
  int entered = 0;
  const auto enter = [&]() -> task<> {
    const auto mine = co_await mutex.lock();
    ++entered;
  };
  const auto ask = [&]() -> task<> {
    stop.request_stop();
    held.reset();
    co_return;
  };
  CHECK_THROWS_WITH_AS(sync_wait(gather(enter().stop_with(stop.get_token()), enter(), ask())),
                       "asked to stop while waiting for a mutex", clotho::cancelled_error);
  CHECK(entered == 1);
  CHECK(mutex.try_lock());

  SUBCASE("nor does it wait when it was asked before") {
    held = mutex.try_lock();
    CHECK_THROWS_AS(sync_wait(enter().stop_with(stop.get_token())), clotho::cancelled_error);
  }
  SUBCASE("but it gets what is free") {
    sync_wait(enter().stop_with(stop.get_token()));
    CHECK(entered == 2);
  }
}

TEST_CASE("coroutines and threads share a mutex") {
  constexpr int coroutines = 16, threads = 4, rounds = 500;
  clotho::thread_pool pool(4);
  async_mutex mutex;
  int count = 0;
  const auto add = [&]() -> task<> {
    co_await pool;
    for (int i = 0; i < rounds; ++i) {
      const auto held = co_await mutex.lock();
      ++count;
    }
  };
  {
    std::vector<std::jthread> others;
    for (int t = 0; t < threads; ++t)
      others.emplace_back([&] {
        for (int i = 0; i < rounds; ++i) {
          const auto held = mutex.lock_blocking();
          ++count;
        }
      });
    std::vector<task<>> tasks;
    for (int t = 0; t < coroutines; ++t) tasks.push_back(add());
    sync_wait(gather(std::move(tasks)));
  }
  CHECK(count == (coroutines + threads) * rounds);
}

TEST_CASE("a mutex survives being asked to stop at any moment") {
  clotho::thread_pool pool(2);
  async_mutex mutex;
  int count = 0, entered = 0;
  const auto enter = [&]() -> task<> {
    co_await pool;
    const auto held = co_await mutex.lock();
    ++count;
    co_await pool;
  };
  const auto try_enter = [&](std::stop_token stop) -> task<> {
    try {
      co_await enter().stop_with(std::move(stop));
    } catch (const clotho::cancelled_error&) {
      co_return;
    }
    const auto held = co_await mutex.lock();
    ++entered;
  };
  for (int round = 0; round < 300; ++round) {
    std::stop_source stop;
    const auto ask = [&]() -> task<> {
      co_await pool;
      stop.request_stop();
    };
    sync_wait(gather(try_enter(stop.get_token()), try_enter({}), ask(), try_enter(stop.get_token())));
  }
  CHECK(count == entered);
  CHECK(entered >= 300);
}
