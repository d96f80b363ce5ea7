// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <clotho/sched/async_event.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

using clotho::async_event;
using clotho::gather;
using clotho::sync_wait;
using clotho::task;

TEST_CASE("an event that is set lets through, until it is reset") {
  async_event event(true);
  CHECK(event.is_set());
  sync_wait(event.wait());
  event.wait_blocking();
  event.reset();
  CHECK_FALSE(event.is_set());
  event.set();
  event.set();
  sync_wait(event.wait());
}

TEST_CASE("an event wakes everybody who waits, though it is reset at once") {
  clotho::thread_pool pool(2);
  async_event event;
  std::atomic<int> woken{0}, waiting{0};
  const auto wait = [&]() -> task<> {
    ++waiting;
    co_await event.wait();
    ++woken;
  };
  const auto set = [&]() -> task<> {
    CHECK(waiting == 3);
    CHECK(woken == 0);
    event.set();
    event.reset();
    co_return;
  };
  sync_wait(gather(wait(), wait(), wait(), set()));
  CHECK(woken == 3);
}

TEST_CASE("who is asked to stop while it waits for an event goes on without") {
  async_event event;
  std::stop_source stop;
  const auto wait = [&]() -> task<> { co_await event.wait(); };
  const auto ask = [&]() -> task<> {
    stop.request_stop();
    co_return;
  };
  CHECK_THROWS_WITH_AS(sync_wait(gather(wait().stop_with(stop.get_token()), ask())),
                       "asked to stop while waiting for an event", clotho::cancelled_error);
}

TEST_CASE("an event wakes what waits nowhere in the thread that sets it, which it does not block") {
  async_event first, second;
  bool ended = false;
  const auto wait = [&]() -> task<> {
    co_await first.wait();
    second.set();
  };
  // Null: belongs to no executor.
  clotho::detail::start(wait(), nullptr, [&](clotho::detail::outcome<void>&&) noexcept { ended = true; });
  CHECK_FALSE(ended);
  SUBCASE("outside of any coroutine: at once") {
    first.set();
    CHECK(ended);
  }
  SUBCASE("within one: before that one blocks") {
    const auto set = [&]() -> task<> {
      first.set();
      CHECK_FALSE(ended);
      second.wait_blocking();
      CHECK(ended);
      co_return;
    };
    sync_wait(set());
  }
}

TEST_CASE("an event may go as soon as it has been waited for") {
  clotho::thread_pool pool(3);
  for (int i = 0; i < 1000; ++i) {
    auto event = std::make_unique<async_event>();
    const auto set = [&]() -> task<> {
      co_await pool;
      event->set();
    };
    const auto wait = [&]() -> task<> {
      co_await pool;
      co_await event->wait();
    };
    if (i % 2 == 0) {
      sync_wait(gather(wait(), set(), wait()));
    } else {
      std::jthread setter([&] { event->set(); });
      event->wait_blocking();
    }
    event.reset();
  }
}
