// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <thread>

#include <clotho/sched/async_barrier.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "support/thread_here.hpp"

using clotho::gather;
using clotho::sync_wait;
using clotho::task;
using clotho::test::thread_here;

namespace {

task<int> value(int v) { co_return v; }
task<int> value_on(clotho::executor& there, int v) {
  co_await there;
  co_return v;
}
task<> nothing() { co_return; }
task<int> failing() {
  throw std::runtime_error("one failed");
  co_return 0; // NOLINT: makes it a coroutine
}

} // namespace

TEST_CASE("gather gives every result") {
  const auto make = []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(2); };
  auto [one, two, none] = sync_wait(gather(value(1), make(), nothing()));
  CHECK(one == 1);
  CHECK(*two == 2);
  static_assert(std::is_same_v<decltype(none), std::monostate>);
  CHECK(sync_wait(gather()) == std::tuple<>());
}

TEST_CASE("gather takes any number of tasks of one type") {
  clotho::thread_pool pool(2);
  for (const int n : {0, 1, 1000}) {
    std::vector<task<int>> tasks;
    for (int i = 0; i < n; ++i) tasks.push_back(i % 2 == 0 ? value(i) : value_on(pool, i));
    const auto values = sync_wait(gather(std::move(tasks)));
    REQUIRE(values.size() == static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) CHECK(values[static_cast<std::size_t>(i)] == i);
  }
  std::vector<task<>> tasks;
  tasks.push_back(nothing());
  sync_wait(gather(std::move(tasks)));
}

TEST_CASE("gathered tasks run at the same time") {
  SUBCASE("in one thread, taking turns") {
    const auto here = thread_here();
    clotho::async_barrier all(3);
    const auto meet = [&]() -> task<> {
      co_await all.arrive_and_wait();
      CHECK(thread_here() == here);
    };
    sync_wait(gather(meet(), meet(), meet()));
  }
  SUBCASE("on a pool, in parallel") {
    clotho::thread_pool pool(2);
    clotho::async_barrier both(2);
    const auto meet = [&]() -> task<> {
      both.arrive_and_wait_blocking(); // needs a thread each
      co_return;
    };
    const auto work = [&]() -> task<> {
      co_await pool;
      co_await gather(meet(), meet());
      CHECK(co_await clotho::this_task::executor() == &pool);
    };
    sync_wait(work());
  }
}

TEST_CASE("gather throws the first exception after all have ended") {
  clotho::thread_pool pool(1);
  bool ended = false;
  const auto slow = [&]() -> task<> {
    co_await pool;
    co_await *co_await clotho::this_task::executor();
    ended = true;
  };
  CHECK_THROWS_WITH(sync_wait(gather(failing(), slow())), "one failed");
  CHECK(ended);
}

TEST_CASE("a request to stop reaches gathered tasks") {
  std::stop_source stop;
  stop.request_stop();
  const auto asked = []() -> task<bool> {
    co_return (co_await clotho::this_task::stop_token()).stop_requested();
  };
  const auto both = [&]() -> task<bool> {
    const auto [one, two] = co_await gather(asked(), asked());
    co_return one&& two;
  };
  CHECK(sync_wait(both().stop_with(stop.get_token())));
}

TEST_CASE("gathered tasks that ran do not keep what they held") {
  auto held = std::make_shared<int>(1);
  const auto hold = [](std::shared_ptr<int>) -> task<> { co_return; };
  sync_wait(gather(hold(held), hold(held)));
  CHECK(held.use_count() == 1);
}
