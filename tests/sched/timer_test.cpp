// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <clotho/sched/async_event.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <clotho/sched/timer.hpp>

#include "support/thread_here.hpp"

using namespace std::chrono_literals;
using clotho::async_event;
using clotho::gather;
using clotho::sync_wait;
using clotho::task;
using clotho::timer;
using clotho::test::thread_here;

namespace {

constexpr auto never = timer::clock::time_point::max();

/// What a sleep ended with, in words.
task<std::string> end_of(task<> sleep) {
  try {
    co_await std::move(sleep);
  } catch (const clotho::cancelled_error&) {
    co_return "cancelled";
  }
  co_return "slept";
}
task<> sleep_until(timer& clock, timer::clock::time_point deadline) { co_await clock.sleep_until(deadline); }

} // namespace

TEST_CASE("a sleep lasts at least as long as it should") {
  timer clock;
  const auto before = timer::clock::now();
  sync_wait(clock.sleep_for(1ms));
  CHECK(timer::clock::now() - before >= 1ms);
  sync_wait(clock.sleep_until(before + 2ms));
  CHECK(timer::clock::now() - before >= 2ms);
}

TEST_CASE("a deadline in the past is now") {
  timer clock;
  sync_wait(clock.sleep_for(0s));
  sync_wait(clock.sleep_for(-1h));
  sync_wait(clock.sleep_for(std::chrono::hours::min()));
  sync_wait(clock.sleep_until(timer::clock::time_point::min()));
  async_event called;
  const auto call = clock.call_at(timer::clock::time_point::min(), [&] { called.set(); });
  called.wait_blocking();
}

TEST_CASE("no duration is too long") {
  timer clock;
  std::stop_source stop;
  stop.request_stop(); // so that none lasts
  const auto ends_at_once = [&](auto duration) {
    CHECK_THROWS_AS(sync_wait(clock.sleep_for(duration, stop.get_token())), clotho::cancelled_error);
  };
  ends_at_once(std::chrono::hours::max());
  ends_at_once(timer::clock::duration::max());
  ends_at_once(std::chrono::duration<double>(std::numeric_limits<double>::infinity()));
}

TEST_CASE("callbacks come in the order of their deadlines, equal ones in the order of asking") {
  timer clock;
  std::vector<int> order;
  async_event done;
  const auto soon = timer::clock::now() + 5ms;
  std::vector<timer::call> calls;
  for (const int i : {2, 0, 1, 3})
    calls.push_back(clock.call_at(soon + i * 1ms, [&order, i] { order.push_back(i); }));
  for (const int i : {4, 5, 6})
    calls.push_back(clock.call_at(soon + 4ms, [&order, i] { order.push_back(i); }));
  calls.push_back(clock.call_at(soon + 5ms, [&] { done.set(); }));
  done.wait_blocking();
  CHECK(order == std::vector{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("a call can be cancelled") {
  timer clock;
  auto call = clock.call_at(never, [] { FAIL("this was cancelled"); });
  SUBCASE("once") {
    CHECK(call.cancel());
    CHECK_FALSE(call.cancel());
  }
  SUBCASE("by letting it go") {}
  SUBCASE("by another in its place") {
    call = clock.call_at(never, [] { FAIL("this too"); });
  }
  SUBCASE("not after it was made") {
    async_event called;
    call = clock.call_at(timer::clock::now(), [&] { called.set(); });
    called.wait_blocking();
    CHECK_FALSE(call.cancel());
  }
  SUBCASE("nor from inside, where that does not wait for itself") {
    async_event stored, tried;
    bool prevented = true;
    call = clock.call_at(timer::clock::now(), [&] {
      stored.wait_blocking();
      prevented = call.cancel();
      tried.set();
    });
    stored.set();
    tried.wait_blocking();
    CHECK_FALSE(prevented);
  }
}

TEST_CASE("a call does not run once cancel has returned") {
  timer clock;
  int prevented = 0, ran = 0;
  for (int i = 0; i < 300; ++i) {
    auto alive = std::make_unique<int>(0);
    auto call = clock.call_at(timer::clock::now() + std::chrono::microseconds(i % 50), [&] { ++*alive; });
    if (i % 2 == 0) std::this_thread::yield();
    const bool was_prevented = call.cancel();
    CHECK(*alive == (was_prevented ? 0 : 1));
    ++(was_prevented ? prevented : ran);
    alive.reset(); // AddressSanitizer sees a callback that comes later
  }
  CHECK(prevented + ran == 300);
}

TEST_CASE("a callback that throws is reported, and the timer goes on") {
  std::vector<std::string> said; // by the timer's thread only
  async_event called;
  {
    timer clock(clotho::log_sink([&](clotho::log_level, std::string_view text) { said.emplace_back(text); }));
    const auto now = timer::clock::now();
    const auto first = clock.call_at(now, [] { throw std::runtime_error("no idea"); });
    const auto second = clock.call_at(now, [] { throw 1; });
    const auto third = clock.call_at(now, [&] { called.set(); });
    called.wait_blocking();
  }
  CHECK(said == std::vector<std::string>{"a timer's callback failed: no idea", "a timer's callback failed"});
  timer clock;
  CHECK_THROWS_AS((void)clock.call_at(never, nullptr), clotho::argument_error);
}

TEST_CASE("a sleep ends when it is asked to stop") {
  timer clock;
  std::stop_source stop;
  const auto ask = [&]() -> task<> {
    stop.request_stop();
    co_return;
  };
  SUBCASE("through its coroutine") {
    const auto [end, none] =
        sync_wait(gather(end_of(sleep_until(clock, never)).stop_with(stop.get_token()), ask()));
    CHECK(end == "cancelled");
  }
  SUBCASE("through a token of its own") {
    const auto sleep = [&]() -> task<> { co_await clock.sleep_for(24h, stop.get_token()); };
    const auto [end, none] = sync_wait(gather(end_of(sleep()), ask()));
    CHECK(end == "cancelled");
  }
  SUBCASE("and does not begin when it was asked before, unless its time had come") {
    stop.request_stop();
    CHECK(sync_wait(end_of(sleep_until(clock, never)).stop_with(stop.get_token())) == "cancelled");
    CHECK(sync_wait(end_of(sleep_until(clock, {})).stop_with(stop.get_token())) == "slept");
  }
  CHECK_THROWS_WITH_AS(sync_wait(clock.sleep_until(never, (stop.request_stop(), stop.get_token()))),
                       "a sleep was cancelled: it was asked to stop, or its timer was destroyed",
                       clotho::cancelled_error);
}

TEST_CASE("sleepers and calls end with their timer") {
  clotho::thread_pool pool(2);
  auto clock = std::make_unique<timer>();
  int alive = 1;
  auto call = clock->call_at(never, [&] { ++alive; });
  const auto destroy = [&]() -> task<> {
    co_await pool;
    clock.reset();
  };
  SUBCASE("that another thread destroys") {
    const auto [one, two, none] =
        sync_wait(gather(end_of(sleep_until(*clock, never)), end_of(sleep_until(*clock, never)), destroy()));
    CHECK(one == "cancelled");
    CHECK(two == "cancelled");
  }
  SUBCASE("that its own thread destroys") {
    async_event destroyed;
    timer::call self;
    const auto schedule = [&]() -> task<> { // once the other one sleeps
      self = clock->call_at(timer::clock::now(), [&] {
        clock.reset();
        destroyed.set();
      });
      co_await destroyed.wait();
    };
    const auto [end, none] = sync_wait(gather(end_of(sleep_until(*clock, never)), schedule()));
    CHECK(end == "cancelled");
  }
  CHECK(call.cancel()); // outlives the timer; it was never made
  CHECK(alive == 1);
}

TEST_CASE("a timer that nobody used starts and ends nothing") { const timer idle; }

TEST_CASE("a sleeper wakes where it belongs") {
  clotho::thread_pool pool(1);
  timer clock;
  const auto here = thread_here();
  const auto work = [&]() -> task<> {
    co_await clock.sleep_for(1ms);
    CHECK(thread_here() == here);
    co_await pool;
    const auto there = thread_here();
    co_await clock.sleep_for(1ms);
    CHECK(thread_here() == there);
  };
  sync_wait(work());
}

TEST_CASE("one timer serves many sleepers, some of which change their mind") {
  constexpr int n = 2000;
  clotho::thread_pool pool(4);
  timer clock;
  std::atomic<int> slept{0}, cancelled{0};
  std::vector<std::stop_source> stops(n);
  const auto sleeper = [&](std::chrono::microseconds duration) -> task<> {
    co_await pool;
    try {
      co_await clock.sleep_for(duration);
      ++slept;
    } catch (const clotho::cancelled_error&) {
      ++cancelled;
    }
  };
  const auto ask = [&]() -> task<> {
    co_await pool;
    for (int i = 0; i < n; i += 3) stops[static_cast<std::size_t>(i)].request_stop();
  };
  std::mt19937 random(1);
  std::vector<task<>> tasks;
  for (int i = 0; i < n; ++i) {
    // Every third sleeps for ever if it is not stopped.
    const auto duration = i % 3 == 0 && i % 2 == 0 ? std::chrono::microseconds::max()
                                                   : std::chrono::microseconds(random() % 3000);
    tasks.push_back(sleeper(duration).stop_with(stops[static_cast<std::size_t>(i)].get_token()));
  }
  tasks.push_back(ask());
  sync_wait(gather(std::move(tasks)));
  CHECK(slept + cancelled == n);
  CHECK(cancelled >= n / 6);
}
