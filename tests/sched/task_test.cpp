// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>

#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "support/thread_here.hpp"

using clotho::sync_wait;
using clotho::task;
using clotho::test::thread_here;
namespace this_task = clotho::this_task;

static_assert(!std::is_copy_constructible_v<task<int>> && std::is_nothrow_move_constructible_v<task<int>>);

namespace {

task<int> value(int v) { co_return v; }
task<> nothing() { co_return; }
task<int> failing(std::string text) {
  if (!text.empty()) throw std::runtime_error(text);
  co_return 0;
}

/// How far apart the places are at which a coroutine found its stack.
struct stack_spread {
  std::uintptr_t low = UINTPTR_MAX, high = 0;
  [[gnu::noinline]] void look() {
    const volatile char here = 0;
    const auto address = reinterpret_cast<std::uintptr_t>(&here);
    low = std::min(low, address), high = std::max(high, address);
  }
  [[nodiscard]] std::uintptr_t bytes() const { return high - low; }
};

/// Counts the ones that live.
struct counted {
  explicit counted(int& alive) : alive_(&alive) { ++alive; }
  counted(const counted& other) : alive_(other.alive_) { ++*alive_; }
  ~counted() { --*alive_; }
  counted& operator=(const counted&) = delete;
  int* alive_;
};

} // namespace

TEST_CASE("a task gives its result to whoever awaits it") {
  const auto sum = []() -> task<int> { co_return co_await value(1) + co_await value(2); };
  CHECK(sync_wait(sum()) == 3);

  SUBCASE("that cannot be copied") {
    const auto make = []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    CHECK(*sync_wait(make()) == 7);
  }
  SUBCASE("a reference") {
    int target = 0;
    const auto refer = [&]() -> task<int&> { co_return target; };
    CHECK(&sync_wait(refer()) == &target);
  }
  SUBCASE("nothing") { sync_wait(nothing()); }
}

TEST_CASE("a task runs when it is awaited, not before, and not at all when it never is") {
  bool ran = false;
  int alive = 0;
  const auto work = [&](counted) -> task<> {
    ran = true;
    co_return;
  };
  {
    auto never = work(counted(alive));
    CHECK(alive == 1);
  }
  CHECK_FALSE(ran);
  CHECK(alive == 0);
  sync_wait(work(counted(alive)));
  CHECK(ran);
  CHECK(alive == 0);
}

TEST_CASE("the frame of a task goes with the expression that awaits it, though the task has a name") {
  int alive = 0;
  const auto work = [](counted) -> task<> { co_return; };
  const auto user = [&]() -> task<int> {
    auto named = work(counted(alive));
    co_await std::move(named);
    co_return alive;
  };
  CHECK(sync_wait(user()) == 0);
}

TEST_CASE("an exception reaches whoever awaits") {
  CHECK_THROWS_WITH(sync_wait(failing("thrown")), "thrown");

  SUBCASE("through every task in between") {
    const auto between = []() -> task<int> { co_return co_await failing("deep"); };
    CHECK_THROWS_WITH(sync_wait(between()), "deep");
  }
  SUBCASE("who may catch it and go on") {
    const auto catching = []() -> task<int> {
      int caught = 0;
      for (int i = 0; i < 3; ++i) {
        try {
          co_await failing("again");
        } catch (const std::runtime_error&) {
          ++caught;
        }
        caught += co_await failing("");
      }
      co_return caught;
    };
    CHECK(sync_wait(catching()) == 3);
  }
  SUBCASE("also one thrown while the result is made") {
    struct fragile {
      fragile(int) { throw std::runtime_error("no result"); } // NOLINT
    };
    const auto make = []() -> task<fragile> { co_return 1; };
    CHECK_THROWS_WITH(sync_wait(make()), "no result");
  }
}

TEST_CASE("awaiting a task twice is refused") {
  const auto twice = []() -> task<int> {
    auto once = value(1);
    co_await std::move(once);
    co_return co_await std::move(once); // NOLINT: that is the point
  };
  CHECK_THROWS_WITH_AS(sync_wait(twice()), "a task can be awaited once, and this one was, or was moved from",
                       clotho::argument_error);
}

TEST_CASE("a task goes on where it belongs") {
  clotho::thread_pool pool(2), other(1);
  const auto here = thread_here();
  const auto thread_on = [](clotho::executor& there) -> task<std::thread::id> {
    co_await there;
    co_return thread_here();
  };

  SUBCASE("after co_await executor: there") { CHECK(sync_wait(thread_on(pool)) != here); }
  SUBCASE("when what it awaits ended elsewhere: where it was") {
    const auto work = [&]() -> task<> {
      CHECK(co_await thread_on(pool) != here);
      CHECK(thread_here() == here);
      co_await other;
      const auto there = thread_here();
      CHECK(co_await thread_on(pool) != there);
      CHECK(thread_here() == there);
    };
    sync_wait(work());
  }
  SUBCASE("also when that failed") {
    const auto fail_on = [](clotho::executor& there) -> task<> {
      co_await there;
      throw std::runtime_error("there");
    };
    const auto work = [&]() -> task<> {
      std::string caught;
      try {
        co_await fail_on(pool);
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
      CHECK(caught == "there");
      CHECK(thread_here() == here);
    };
    sync_wait(work());
  }
  SUBCASE("and can learn where that is") {
    const auto where = []() -> task<clotho::executor*> { co_return co_await this_task::executor(); };
    const auto work = [&]() -> task<> {
      CHECK(co_await where() == co_await this_task::executor());
      co_await pool;
      CHECK(co_await this_task::executor() == &pool);
      CHECK(co_await where() == &pool);
    };
    sync_wait(work());
  }
}

TEST_CASE("a task that cannot move stays where it was") {
  struct closed : clotho::executor {
    void submit(std::function<void()>) override { throw clotho::closed_error("this executor is closed"); }
    [[nodiscard]] unsigned concurrency() const noexcept override { return 1; }
  } target;
  const auto work = [&]() -> task<> {
    auto* const before = co_await this_task::executor();
    bool refused = false;
    try {
      co_await target;
    } catch (const clotho::closed_error&) {
      refused = true;
    }
    CHECK(refused);
    CHECK(co_await this_task::executor() == before);
  };
  sync_wait(work());
}

TEST_CASE("a request to stop reaches a task and what it awaits") {
  const auto asked = []() -> task<bool> { co_return (co_await this_task::stop_token()).stop_requested(); };
  const auto outer = [&]() -> task<bool> { co_return co_await asked(); };
  std::stop_source stop;
  CHECK_FALSE(sync_wait(outer()));
  CHECK_FALSE(sync_wait(outer().stop_with(stop.get_token())));
  stop.request_stop();
  CHECK(sync_wait(outer().stop_with(stop.get_token())));

  SUBCASE("unless they were given another") {
    const std::stop_source never;
    const auto shielded = [&]() -> task<bool> { co_return co_await asked().stop_with(never.get_token()); };
    CHECK_FALSE(sync_wait(shielded().stop_with(stop.get_token())));
  }
}

TEST_CASE("a million awaits one after the other do not grow the stack") {
  constexpr int n = 1'000'000;
  stack_spread stack;
  const auto leaf = [&](int i) -> task<int> {
    if (i % 1000 == 0) stack.look();
    co_return 1;
  };
  const auto chain = [&]() -> task<int> {
    int sum = 0;
    for (int i = 0; i < n; ++i) sum += co_await leaf(i);
    co_return sum;
  };
  CHECK(sync_wait(chain()) == n);
  CHECK(stack.bytes() == 0);
}

TEST_CASE("nor do a million tasks that await one another") {
  struct nest {
    stack_spread& stack;
    task<int> operator()(int depth) const {
      if (depth % 1000 == 0) stack.look();
      const int below = depth == 0 ? 0 : 1;
      int sum = below;
      if (below != 0) sum += co_await (*this)(depth - 1);
      if (depth % 1000 == 0) stack.look();
      co_return sum;
    }
  };
  constexpr int n = 1'000'000;
  stack_spread stack;
  CHECK(sync_wait(nest{stack}(n)) == n);
  CHECK(stack.bytes() < 1024);
}

TEST_CASE("nor does moving from executor to executor") {
  clotho::inline_executor inlined;
  stack_spread stack;
  const auto hop = [&](int i) -> task<> {
    co_await inlined;
    if (i % 1000 == 0) stack.look();
  };
  const auto chain = [&]() -> task<> {
    for (int i = 0; i < 100'000; ++i) co_await hop(i);
  };
  sync_wait(chain());
  CHECK(stack.bytes() < 1024);
}

TEST_CASE("many tasks hop between pools") {
  clotho::thread_pool pool(2), other(2);
  const auto hop = [](clotho::executor& there, int v) -> task<int> {
    co_await there;
    co_return v;
  };
  const auto chain = [&]() -> task<int> {
    co_await pool;
    int sum = 0;
    for (int i = 0; i < 10'000; ++i) sum += co_await hop(other, 1);
    co_return sum;
  };
  CHECK(sync_wait(chain()) == 10'000);
}
