// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <deque>
#include <thread>
#include <vector>

#include <clotho/sched/async_condition.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

using clotho::async_condition;
using clotho::async_mutex;
using clotho::gather;
using clotho::sync_wait;
using clotho::task;

TEST_CASE("a condition unlocks while it waits and locks again") {
  async_mutex mutex;
  async_condition changed;
  int value = 0;
  const auto wait = [&]() -> task<int> {
    auto held = co_await mutex.lock();
    co_await changed.wait(held, [&] { return value == 2; });
    CHECK(held);
    CHECK_FALSE(mutex.try_lock());
    co_return value;
  };
  const auto change = [&]() -> task<> {
    for (int i = 1; i <= 2; ++i) {
      const auto held = co_await mutex.lock();
      value = i;
      changed.notify_one();
    }
  };
  const auto [seen, none] = sync_wait(gather(wait(), change()));
  CHECK(seen == 2);
  CHECK(mutex.try_lock());
}

TEST_CASE("a condition does not wait for what holds already") {
  async_mutex mutex;
  async_condition changed;
  auto held = mutex.lock_blocking();
  sync_wait(changed.wait(held, [] { return true; }));
  changed.wait_blocking(held, [] { return true; });
  CHECK(held);
}

TEST_CASE("a condition wakes one or all") {
  async_mutex mutex;
  async_condition changed;
  int woken = 0;
  const auto wait = [&]() -> task<> {
    auto held = co_await mutex.lock();
    co_await changed.wait(held);
    ++woken;
  };
  const auto notify = [&]() -> task<> {
    auto& loop = *co_await clotho::this_task::executor();
    changed.notify_one();
    for (int i = 0; i < 10; ++i) co_await loop;
    CHECK(woken == 1);
    changed.notify_all();
  };
  sync_wait(gather(wait(), wait(), wait(), notify()));
  CHECK(woken == 3);
}

TEST_CASE("a condition needs its mutex locked") {
  async_condition changed;
  async_mutex::guard nothing;
  const char* const refusal = "a condition can be waited for only with its mutex locked";
  CHECK_THROWS_WITH_AS(sync_wait(changed.wait(nothing)), refusal, clotho::argument_error);
  CHECK_THROWS_WITH_AS(changed.wait_blocking(nothing), refusal, clotho::argument_error);
}

TEST_CASE("who is asked to stop while it waits for a condition holds the mutex again") {
  async_mutex mutex;
  async_condition changed;
  std::stop_source stop;
  bool locked = false;
  const auto wait = [&]() -> task<> {
    auto held = co_await mutex.lock();
    try {
      co_await changed.wait(held, [] { return false; });
    } catch (const clotho::cancelled_error&) {
      locked = held && !mutex.try_lock();
      throw;
    }
  };
  const auto ask = [&]() -> task<> {
    const auto held = co_await mutex.lock(); // it will have to wait for this
    stop.request_stop();
    co_await *co_await clotho::this_task::executor();
  };
  SUBCASE("while it waits") {
    CHECK_THROWS_WITH_AS(sync_wait(gather(wait().stop_with(stop.get_token()), ask())),
                         "asked to stop while waiting for a condition", clotho::cancelled_error);
  }
  SUBCASE("before it does") {
    stop.request_stop();
    CHECK_THROWS_AS(sync_wait(wait().stop_with(stop.get_token())), clotho::cancelled_error);
  }
  CHECK(locked);
  CHECK(mutex.try_lock());
}

TEST_CASE("producers and consumers, threads and coroutines, exchange 100000 items") {
  constexpr int producers = 4, consumers = 4, per_producer = 25'000;
  constexpr std::size_t capacity = 16;
  clotho::thread_pool pool(4);
  async_mutex mutex;
  async_condition filled, drained;
  std::deque<int> queue;
  long sum = 0;
  int taken = 0;
  // With the mutex locked.
  const auto put = [&](int i) {
    queue.push_back(i);
    filled.notify_one();
  };
  const auto take = [&] {
    sum += queue.front();
    queue.pop_front();
    ++taken;
    drained.notify_one();
  };
  const auto room = [&] { return queue.size() < capacity; };
  const auto items = [&] { return !queue.empty(); };

  const auto produce = [&]() -> task<> {
    co_await pool;
    for (int i = 1; i <= per_producer; ++i) {
      auto held = co_await mutex.lock();
      co_await drained.wait(held, room);
      put(i);
    }
  };
  const auto consume = [&]() -> task<> {
    co_await pool;
    for (int i = 0; i < producers * per_producer / consumers; ++i) {
      auto held = co_await mutex.lock();
      co_await filled.wait(held, items);
      take();
    }
  };
  {
    std::jthread producer([&] {
      for (int i = 1; i <= per_producer; ++i) {
        auto held = mutex.lock_blocking();
        drained.wait_blocking(held, room);
        put(i);
      }
    });
    std::jthread consumer([&] {
      for (int i = 0; i < producers * per_producer / consumers; ++i) {
        auto held = mutex.lock_blocking();
        filled.wait_blocking(held, items);
        take();
      }
    });
    std::vector<task<>> tasks;
    for (int i = 1; i < producers; ++i) tasks.push_back(produce());
    for (int i = 1; i < consumers; ++i) tasks.push_back(consume());
    sync_wait(gather(std::move(tasks)));
  }
  CHECK(taken == producers * per_producer);
  CHECK(sum == static_cast<long>(producers) * per_producer * (per_producer + 1) / 2);
  CHECK(queue.empty());
}
