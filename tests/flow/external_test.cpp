// SPDX-License-Identifier: Apache-2.0
// Tasks that others complete.
#include <doctest/doctest.h>

#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>

#include "support/collected.hpp"
#include "support/contains.hpp"
#include "support/refusal.hpp"

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

/// Does what it is given, in order, in a thread of its own; all of it before it goes.
class other_thread {
 public:
  other_thread() = default;
  ~other_thread() {
    for (std::thread& one : threads_) one.join();
  }
  template <class F> void run(F f) { threads_.emplace_back(std::move(f)); }

 private:
  std::vector<std::thread> threads_;
};

std::exception_ptr out_of_ink() { return std::make_exception_ptr(std::runtime_error("out of ink")); }

} // namespace

TEST_CASE("work that another thread completes is ordered by its memory like any other") {
  const runtime rt({.threads = 2});
  other_thread io;
  const buffer<int> x(rt, std::vector<int>{1, 2, 3}), y(rt, 3);
  rt.host([](std::span<int> all) { all[0] = 10; }, inout(x));
  auto copied = rt.external(
      [&](completion done, std::span<const int> from, std::span<int> to) {
        io.run([done = std::move(done), from, to]() mutable {
          std::copy(from.begin(), from.end(), to.begin());
          done.succeed();
        });
      },
      in(x), out(y));
  rt.host([](std::span<int> all) { all[1] += 5; }, inout(y));
  rt.host([](std::span<int> all) { all[0] = 0; }, inout(x));
  CHECK(rt.read(y).get() == std::vector<int>{10, 7, 3});
  CHECK_NOTHROW(copied.get());
}

TEST_CASE("what comes after waits until it is completed") {
  const runtime rt({.threads = 1});
  std::optional<completion> pending;
  os::parker started;
  const buffer<int> x(rt, std::vector<int>{1});
  auto waiting = rt.external(
      [&](completion done, std::span<int>) {
        pending.emplace(std::move(done));
        started.unpark();
      },
      inout(x));
  auto other = rt.host([] { return 5; });
  auto next = rt.read(x);
  started.park();
  CHECK(other.get() == 5); // nobody is blocked meanwhile
  CHECK_FALSE(waiting.ready());
  CHECK_FALSE(next.ready());
  pending->succeed();
  CHECK(next.get() == std::vector<int>{1});
  waiting.get();
}

TEST_CASE("a result is what it was completed with") {
  const runtime rt({.threads = 2});
  other_thread io;
  auto number = rt.external<int>([&](completion_of<int> done) {
    io.run([done = std::move(done)]() mutable { done.succeed(7); });
  });
  CHECK(number.get() == 7);
  auto inline_text = rt.external<std::string>([](completion_of<std::string> done) { done.succeed(3u, 'x'); });
  CHECK(inline_text.get() == "xxx");
  auto moved = rt.external<std::unique_ptr<int>>(
      [](completion_of<std::unique_ptr<int>> done) { done.succeed(std::make_unique<int>(4)); });
  CHECK(*moved.get() == 4);
  CHECK(rt.external<int>([](completion_of<int> done) { done.succeed(20); }).then([](int n) { return n + 1; }).get() == 21);
  const auto awaited = [&]() -> task<int> {
    co_return 1 + co_await rt.external<int>([&](completion_of<int> done) {
      io.run([done = std::move(done)]() mutable { done.succeed(40); });
    });
  };
  CHECK(sync_wait(awaited()) == 41);
}

TEST_CASE("completed at once, it may still use what it was made with") {
  const runtime rt({.threads = 2});
  const auto kept = std::make_shared<std::vector<int>>(1000, 1);
  const std::weak_ptr<std::vector<int>> seen = kept;
  int sum = 0;
  rt.external([kept, &sum](completion done) {
      done.succeed();
      sum = std::accumulate(kept->begin(), kept->end(), 0);
    }).get();
  CHECK(sum == 1000);
  CHECK(seen.use_count() == 1);
}

TEST_CASE("a failure damages what the task was to write") {
  const runtime rt({.threads = 2});
  other_thread io;
  const buffer<int> x(rt, std::vector<int>{1});
  auto failing = rt.external(
      [&](completion done, std::span<int>) {
        io.run([done = std::move(done)]() mutable { done.fail(out_of_ink()); });
      },
      inout(x));
  CHECK(contains(refusal([&] { (void)rt.read(x).get(); }), "an external task failed: out of ink"));
  CHECK_THROWS_WITH(failing.get(), "out of ink");
}

TEST_CASE("a completion that is dropped fails the task") {
  const runtime rt({.threads = 2});
  auto dropped = rt.external([](completion) {});
  CHECK_THROWS_AS(dropped.get(), dropped_error);
  other_thread io;
  auto elsewhere = rt.external([&](completion done) { io.run([held = std::move(done)]() mutable { const completion gone = std::move(held); }); });
  CHECK(refusal([&] { elsewhere.get(); }) == "an external task was dropped without completing it");
}

TEST_CASE("what start throws is the failure, whoever has the completion") {
  const runtime rt({.threads = 2});
  CHECK_THROWS_WITH(rt.external([](completion) { throw std::runtime_error("no route"); }).get(), "no route");
  CHECK_THROWS_WITH(rt.external([](completion done) {
                        done.succeed();
                        throw std::runtime_error("too late");
                      }).get(),
                    "too late");
  std::optional<completion> kept;
  os::parker started;
  auto under_way = rt.external([&](completion done) {
    kept.emplace(std::move(done));
    started.unpark();
    throw std::runtime_error("half begun");
  });
  started.park();
  CHECK_FALSE(under_way.ready()); // the memory is still in use
  kept->succeed();
  CHECK_THROWS_WITH(under_way.get(), "half begun");
}

TEST_CASE("a task is completed once") {
  const runtime rt({.threads = 1});
  rt.external([](completion done) {
      CHECK_THROWS_AS(done.fail(nullptr), argument_error);
      done.succeed();
      CHECK(contains(refusal([&] { done.succeed(); }), "was completed already"));
      CHECK_THROWS_AS(done.fail(out_of_ink()), argument_error);
      completion moved = std::move(done);
      CHECK_THROWS_AS(moved.succeed(), argument_error);
    }).get();
}

TEST_CASE("cancelling keeps it from being started, not from ending") {
  const runtime rt({.threads = 1});
  os::parker open;
  const buffer<int> x(rt, std::vector<int>{1});
  rt.host([&](std::span<int>) { open.park(); }, inout(x));
  bool started = false;
  auto never = rt.external([&](completion done, std::span<int>) { started = true, done.succeed(); }, inout(x));
  CHECK(never.cancel());
  open.unpark();
  CHECK_THROWS_AS(never.get(), cancelled_error);
  CHECK_FALSE(started);

  std::optional<completion> pending;
  os::parker begun;
  auto running = rt.external([&](completion done) {
    pending.emplace(std::move(done));
    begun.unpark();
  });
  begun.park();
  CHECK_FALSE(running.cancel());
  pending->succeed();
  CHECK_NOTHROW(running.get());
}

TEST_CASE("data that are damaged are not handed to work outside") {
  const runtime rt({.threads = 1});
  const buffer<int> x(rt, std::vector<int>{1});
  auto failing = rt.host([](std::span<int>) -> void { throw std::runtime_error("out of ink"); }, out(x));
  bool started = false;
  auto next = rt.external([&](completion done, std::span<const int>) { started = true, done.succeed(); }, in(x));
  CHECK_THROWS_AS(next.get(), dependency_error);
  CHECK_FALSE(started);
  CHECK_THROWS_AS(failing.get(), std::runtime_error);
}

TEST_CASE("a runtime that goes waits for work outside") {
  test::collected log;
  std::optional<completion> pending;
  os::parker begun;
  std::vector<int> memory{1};
  std::optional<std::thread> io;
  {
    const runtime rt({.threads = 1, .log = log.sink()});
    const auto x = buffer<int>::over(rt, memory);
    rt.external(
        [&](completion done, std::span<int>) {
          pending.emplace(std::move(done));
          begun.unpark();
        },
        inout(x));
    rt.host([](std::span<int> all) { all[0] += 1; }, inout(x));
    begun.park();
    io.emplace([&] { pending->succeed(); });
  }
  CHECK(memory[0] == 2);
  io->join();
  CHECK(log.text() == "");
}

TEST_CASE("many at once, completed by many") {
  const runtime rt({.threads = 2});
  constexpr int tasks = 2000;
  std::vector<future<int>> results;
  std::vector<buffer<int>> cells;
  for (int i = 0; i < 8; ++i) cells.emplace_back(rt, std::vector<int>{0});
  for (int i = 0; i < tasks; ++i)
    results.push_back(rt.external<int>(
        [i](completion_of<int> done, std::span<int> cell) {
          std::thread([i, cell, done = std::move(done)]() mutable { done.succeed(++cell[0] + i); }).join();
        },
        inout(cells[static_cast<std::size_t>(i) % 8])));
  for (int i = 0; i < tasks; ++i) CHECK(results[static_cast<std::size_t>(i)].get() == i / 8 + 1 + i);
}
