// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <clotho/sched/async_generator.hpp>
#include <clotho/sched/async_semaphore.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "support/thread_here.hpp"

using clotho::async_generator;
using clotho::sync_wait;
using clotho::task;
using clotho::test::thread_here;

namespace {

async_generator<int> count_to(int n) {
  for (int i = 1; i <= n; ++i) co_yield i;
}

template <class T> task<std::vector<T>> all_of(async_generator<T> source) {
  std::vector<T> values;
  while (auto value = co_await source.next()) values.push_back(std::move(*value));
  CHECK_FALSE(co_await source.next()); // still at its end
  co_return values;
}

} // namespace

TEST_CASE("a generator gives its values one after the other") {
  CHECK(sync_wait(all_of(count_to(3))) == std::vector{1, 2, 3});
  CHECK(sync_wait(all_of(count_to(0))).empty());

  SUBCASE("also ones that cannot be copied") {
    const auto make = []() -> async_generator<std::unique_ptr<int>> {
      co_yield std::make_unique<int>(1);
      auto named = std::make_unique<int>(2);
      co_yield std::move(named);
    };
    const auto values = sync_wait(all_of(make()));
    REQUIRE(values.size() == 2);
    CHECK(*values[1] == 2);
  }
}

TEST_CASE("a generator may await, wherever it is") {
  clotho::thread_pool pool(1);
  const auto here = thread_here();
  const auto hop = [](clotho::executor& there) -> task<std::thread::id> {
    co_await there;
    co_return thread_here();
  };
  const auto make = [&]() -> async_generator<bool> {
    const auto there = co_await hop(pool);
    co_yield thread_here() == here;
    co_await pool;
    co_yield thread_here() == there;
    co_yield thread_here() == there; // it belongs there now
  };
  auto source = make();
  for (int i = 0; i < 3; ++i) { // each from another loop
    CHECK(*sync_wait(source.next()));
    CHECK(thread_here() == here);
  }
  CHECK_FALSE(sync_wait(source.next()));
}

TEST_CASE("a generator runs only as far as it is asked") {
  int made = 0;
  const auto held = std::make_shared<int>(1);
  const auto make = [&](std::shared_ptr<int>) -> async_generator<int> {
    for (;;) co_yield ++made;
  };
  {
    auto source = make(held);
    CHECK(made == 0);
    CHECK(sync_wait(source.next()) == 1);
    CHECK(sync_wait(source.next()) == 2);
    CHECK(made == 2);
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE("an exception of a generator reaches who asks, and is its end") {
  const auto make = []() -> async_generator<int> {
    co_yield 1;
    throw std::runtime_error("no more");
  };
  auto source = make();
  CHECK(sync_wait(source.next()) == 1);
  CHECK_THROWS_WITH(sync_wait(source.next()), "no more");
  CHECK_FALSE(sync_wait(source.next()));
}

TEST_CASE("a generator that was moved from gives nothing") {
  auto source = count_to(1);
  const auto moved = std::move(source);
  CHECK_THROWS_WITH_AS((void)source.next(), "this generator was moved from",
                       clotho::argument_error); // NOLINT
}

TEST_CASE("a million values do not grow the stack") {
  const auto sum = []() -> task<long> {
    auto source = count_to(1'000'000);
    long total = 0;
    while (const auto value = co_await source.next()) total += *value;
    co_return total;
  };
  CHECK(sync_wait(sum()) == 500'000'500'000);
}

TEST_CASE("a generator is fed by another coroutine") {
  clotho::thread_pool pool(2);
  clotho::async_semaphore filled(0);
  const auto consume = [&]() -> async_generator<int> {
    for (int i = 0; i < 1000; ++i) {
      co_await filled.acquire();
      co_yield i;
    }
  };
  const auto produce = [&]() -> task<> {
    co_await pool;
    for (int i = 0; i < 1000; ++i) filled.release();
  };
  const auto [values, none] = sync_wait(clotho::gather(all_of(consume()), produce()));
  CHECK(values.size() == 1000);
}
