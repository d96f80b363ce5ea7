// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <stdexcept>

#include <clotho/sched/async_event.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <clotho/sched/with_timeout.hpp>

using namespace std::chrono_literals;
using clotho::sync_wait;
using clotho::task;
using clotho::with_timeout;

TEST_CASE("work that ends in time gives what it gives") {
  clotho::timer clock;
  const auto value = []() -> task<int> { co_return 7; };
  const auto nothing = []() -> task<> { co_return; };
  const auto failing = []() -> task<> {
    throw std::runtime_error("for a reason");
    co_return;
  };
  CHECK(sync_wait(with_timeout(clock, 24h, value())) == 7);
  sync_wait(with_timeout(clock, 24h, nothing()));
  CHECK_THROWS_WITH(sync_wait(with_timeout(clock, 24h, failing())), "for a reason");
}

TEST_CASE("work that does not is stopped where it waits") {
  clotho::timer clock;
  clotho::async_event event;
  bool ended = false;
  const auto wait = [&]() -> task<> { co_await event.wait(); };
  const auto nested = [&]() -> task<> {
    try {
      co_await wait();
    } catch (const clotho::cancelled_error&) {
      ended = true;
      throw;
    }
  };
  for (const auto duration : {1ms, 0ms, -1ms}) {
    ended = false;
    CHECK_THROWS_WITH_AS(sync_wait(with_timeout(clock, duration, nested())),
                         "the work did not end in time and was stopped", clotho::timeout_error);
    CHECK(ended);
  }
  SUBCASE("unless it ends all the same") {
    const auto stubborn = [&]() -> task<int> {
      try {
        co_await wait();
      } catch (const clotho::cancelled_error&) {
      }
      co_return 7;
    };
    CHECK(sync_wait(with_timeout(clock, 1ms, stubborn())) == 7);
  }
  SUBCASE("by the first of several deadlines") {
    CHECK_THROWS_AS(sync_wait(with_timeout(clock, 24h, with_timeout(clock, 1ms, wait()))),
                    clotho::timeout_error);
    CHECK_THROWS_AS(sync_wait(with_timeout(clock, 1ms, with_timeout(clock, 24h, wait()))),
                    clotho::timeout_error);
  }
}

TEST_CASE("a request to stop goes through a time limit") {
  clotho::timer clock;
  clotho::async_event event;
  std::stop_source stop;
  const auto wait = [&]() -> task<> { co_await event.wait(); };
  const auto ask = [&]() -> task<> {
    stop.request_stop();
    co_return;
  };
  CHECK_THROWS_AS(
      sync_wait(clotho::gather(with_timeout(clock, 24h, wait()).stop_with(stop.get_token()), ask())),
      clotho::cancelled_error);
}

TEST_CASE("a time limit and an end at the same time") {
  clotho::thread_pool pool(2);
  clotho::timer clock;
  int late = 0, in_time = 0;
  const auto sleep = [&](std::chrono::microseconds duration) -> task<> {
    co_await pool;
    co_await clock.sleep_for(duration);
  };
  for (int i = 0; i < 200; ++i) {
    try {
      sync_wait(with_timeout(clock, 100us, sleep(std::chrono::microseconds(i))));
      ++in_time;
    } catch (const clotho::timeout_error&) {
      ++late;
    }
  }
  CHECK(late + in_time == 200);
}
