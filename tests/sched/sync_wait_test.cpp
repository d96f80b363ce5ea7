// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "support/thread_here.hpp"

using clotho::run_loop;
using clotho::sync_wait;
using clotho::task;
using clotho::test::thread_here;

TEST_CASE("sync_wait keeps a task in the calling thread") {
  const auto here = thread_here();
  const auto work = [&]() -> task<std::thread::id> {
    co_await *co_await clotho::this_task::executor(); // lets others run: still the same thread
    co_return thread_here();
  };
  CHECK(sync_wait(work()) == here);
}

TEST_CASE("sync_wait works within a pool's worker, and within a coroutine") {
  clotho::thread_pool pool(1), other(1);
  const auto hop = [](clotho::executor& there) -> task<int> {
    co_await there;
    co_return 1;
  };
  const auto nested = [&]() -> task<int> {
    co_await pool;
    const auto here = thread_here();
    const int one = sync_wait(hop(other)); // blocks the worker, which goes on afterwards
    CHECK(thread_here() == here);
    co_return one + co_await hop(other);
  };
  CHECK(sync_wait(nested()) == 2);

  const auto deeper = [&]() -> task<int> { co_return sync_wait(nested()) + sync_wait(nested()); };
  CHECK(sync_wait(deeper()) == 4);
}

TEST_CASE("sync_wait takes whatever can be awaited") {
  struct ready {
    [[nodiscard]] bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    [[nodiscard]] int await_resume() const noexcept { return 7; }
  };
  CHECK(sync_wait(ready()) == 7);
  const ready named;
  CHECK(sync_wait(named) == 7);
  clotho::thread_pool pool(1);
  sync_wait(pool);
}

TEST_CASE("sync_wait in many threads at once") {
  clotho::thread_pool pool(2);
  const auto hop = [&](int v) -> task<int> {
    co_await pool;
    co_return v;
  };
  const auto chain = [&]() -> task<int> {
    int sum = 0;
    for (int i = 0; i < 500; ++i) sum += co_await hop(1);
    co_return sum;
  };
  std::atomic<int> sum{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) threads.emplace_back([&] { sum += sync_wait(chain()); });
  }
  CHECK(sum == 8 * 500);
}

TEST_CASE("a run_loop runs what it was given in order, in the thread that runs it") {
  run_loop loop;
  std::vector<int> order;
  CHECK_FALSE(loop.is_worker());
  loop.submit([&] {
    CHECK(loop.is_worker());
    order.push_back(1);
    loop.submit([&] { order.push_back(3); });
  });
  loop.submit([&] { order.push_back(2); });
  loop.finish(); // what is queued still runs
  loop.run();
  CHECK(order == std::vector{1, 2, 3});
  CHECK_FALSE(loop.is_worker());

  SUBCASE("again, once it has returned") {
    std::jthread later([&] { loop.submit([&] { loop.finish(); }); });
    loop.run();
  }
  SUBCASE("and drops what is left when it goes") {
    loop.submit([&] { FAIL("the loop was not run"); });
  }
}

TEST_CASE("work in a run_loop may run other work of it") {
  run_loop loop;
  int ran = 0;
  loop.submit([&] {
    for (int i = 0; i < 3; ++i) loop.submit([&] { ++ran; });
    CHECK(loop.help_until([&] { return ran == 2; }));
    CHECK(ran == 2);
    CHECK_FALSE(loop.help_until([] { return false; })); // until nothing is queued
    CHECK(ran == 3);
    loop.finish();
  });
  CHECK_FALSE(loop.help_until([] { return false; })); // not the thread that runs it
  loop.run();
  CHECK(ran == 3);
}

TEST_CASE("a run_loop takes work from many threads") {
  run_loop loop;
  int ran = 0; // touched in the loop's thread only
  std::atomic<int> left{4};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) loop.submit([&] { ++ran; });
      if (--left == 0) loop.finish();
    });
  loop.run();
  CHECK(ran == 4000);
}
