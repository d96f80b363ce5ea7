// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/sched/blocking_scope.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/workers.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

TEST_CASE("a pool finishes what was submitted before it goes") {
  for (const unsigned threads : test::worker_counts) {
    CAPTURE(threads);
    std::atomic<int> ran{0};
    {
      thread_pool pool(threads);
      CHECK(pool.concurrency() == std::max(1u, threads));
      for (int i = 0; i < 1000; ++i) pool.submit([&] { ++ran; });
    }
    CHECK(ran == 1000);
  }
}

TEST_CASE("work may submit more work, also while the pool closes") {
  for (const unsigned threads : test::worker_counts) {
    std::atomic<int> ran{0};
    {
      thread_pool pool(threads);
      for (int i = 0; i < 100; ++i)
        pool.submit([&] {
          ++ran;
          pool.submit([&] {
            ++ran;
            pool.submit([&] { ++ran; });
          });
        });
    }
    CHECK(ran == 300);
  }
}

TEST_CASE("work submitted at once runs once each") {
  std::vector<std::atomic<int>> ran(500);
  std::vector<std::function<void()>> work;
  for (std::atomic<int>& one : ran) work.emplace_back([&one] { ++one; });
  {
    thread_pool pool(2);
    pool.submit_bulk(work);
  }
  for (const std::atomic<int>& one : ran) CHECK(one == 1);
}

TEST_CASE("execute runs on a worker and brings back results and exceptions") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    CHECK(pool.execute([&] { return pool.is_worker(); }) == (threads > 0));
    CHECK(pool.execute([] { return std::make_unique<int>(7); }).operator*() == 7);
    CHECK(pool.execute([&] { return pool.execute([] { return 3; }); }) == 3);
    CHECK_THROWS_AS(pool.execute([] { throw std::runtime_error("away"); }), std::runtime_error);
    CHECK_THROWS_AS(pool.execute([] { throw 5; }), int);
    CHECK_FALSE(pool.is_worker());
  }
}

TEST_CASE("one worker runs work in order, high priority first and low last") {
  std::vector<std::string> order;
  {
    os::parker begun, filled;
    thread_pool pool(1);
    pool.submit([&] {
      begun.unpark();
      filled.park();
    });
    begun.park(); // the worker is busy while the queue fills
    const auto note = [&](std::string what, priority band) {
      pool.submit([&order, what] { order.push_back(what); }, band);
    };
    note("low", priority::low);
    for (int i = 0; i < 300; ++i) note("normal " + std::to_string(i), priority::normal);
    note("high", priority::high);
    filled.unpark();
  }
  REQUIRE(order.size() == 302);
  CHECK(order.front() == "high");
  CHECK(order.back() == "low");
  for (int i = 0; i < 300; ++i) CHECK(order[static_cast<std::size_t>(i) + 1] == "normal " + std::to_string(i));
}

TEST_CASE("continuations of a worker come next, but do not keep the rest waiting for ever") {
  std::atomic<bool> other_ran{false};
  std::atomic<int> turns{0};
  std::function<void()> again;
  thread_pool pool(1);
  pool.execute([&] {
    pool.submit([&] { other_ran = true; });
    again = [&] {
      if (!other_ran && ++turns < 100'000) pool.submit_continuation(again);
    };
    again();
  });
  while (!other_ran) std::this_thread::yield();
  CHECK(turns < 100'000);
}

TEST_CASE("what cannot be a pool is refused") {
  CHECK(contains(refusal([] { thread_pool(1'000'000); }), "1000000 threads; at most 1024"));
  CHECK(contains(refusal([] {
                   thread_pool_options options;
                   options.spares = 5000;
                   thread_pool pool(options);
                 }),
                 "5000 spare threads"));
  CHECK(thread_pool().concurrency() == os::available_cores());
}

TEST_CASE("what cannot be run is refused") {
  thread_pool pool(2);
  CHECK_THROWS_AS(pool.submit({}), argument_error);
  std::vector<std::function<void()>> some{[] {}, {}};
  CHECK_THROWS_AS(pool.submit_bulk(some), argument_error);
}

TEST_CASE("a closed pool accepts work from its own work only") {
  std::atomic<int> ran{0};
  {
    os::parker closed;
    thread_pool pool(2);
    pool.submit([&] {
      closed.park();
      pool.submit([&] { ++ran; });
    });
    pool.close();
    CHECK(contains(refusal([&] { pool.submit([&] { ++ran; }); }), "is closed and accepts no more work"));
    CHECK_THROWS_AS(pool.execute([] {}), closed_error);
    closed.unpark();
  }
  CHECK(ran == 1);
}

TEST_CASE("what detached work throws is reported, whatever it is") {
  for (const unsigned threads : {0u, 2u}) {
    std::mutex mutex;
    std::multiset<std::string> told;
    {
      thread_pool_options options;
      options.threads = threads;
      options.name = "mill";
      options.log = log_sink([&](log_level, std::string_view text) {
        const std::lock_guard lock(mutex);
        told.emplace(text);
      });
      thread_pool pool(options);
      pool.submit([] { throw std::runtime_error("wheel broke"); });
      pool.submit([] { throw 42; });
    }
    CHECK(told.count("work on the pool 'mill' failed: wheel broke") == 1);
    CHECK(told.count("work on the pool 'mill' failed: an exception that is no std::exception") == 1);
  }
}

TEST_CASE("spare threads stand in for workers that block") {
  constexpr int blockers = 20;
  os::parker all_blocked;
  std::atomic<int> blocked{0};
  std::vector<os::parker> gates(blockers);
  thread_pool pool(2);
  for (os::parker& gate : gates)
    pool.submit([&] {
      const blocking_scope replaced;
      if (++blocked == blockers) all_blocked.unpark();
      gate.park();
    });
  all_blocked.park(); // two workers alone would never get there
  CHECK(pool.execute([] { return true; }));
  for (os::parker& gate : gates) gate.unpark();
}

TEST_CASE("a pool may be destroyed by its own work") {
  for (const unsigned threads : {1u, 2u, 8u}) {
    std::atomic<int> ran{0};
    os::parker last, gone;
    auto pool = std::make_shared<thread_pool>(threads);
    for (int i = 0; i < 100; ++i) pool->submit([&] { ++ran; });
    pool->submit([&, held = pool]() mutable {
      last.park();
      held.reset();
      gone.unpark();
    });
    pool.reset();
    last.unpark();
    gone.park();
    CHECK(ran == 100);
  }
}

TEST_CASE("what is submitted may end the pool before submit returns") {
  for (int i = 0; i < 200; ++i) {
    os::parker ran;
    auto pool = std::make_unique<thread_pool>(2);
    std::thread submitter([&ran, to = pool.get()] { to->submit([&ran] { ran.unpark(); }); });
    ran.park();
    pool.reset();
    submitter.join();
  }
}

TEST_CASE("threads can lend themselves to a pool") {
  os::parker begun, end;
  thread_pool pool(1);
  pool.submit([&] {
    begun.unpark();
    end.park();
  });
  begun.park();
  int ran = 0;
  for (int i = 0; i < 10; ++i) pool.submit([&] { ++ran; });
  CHECK(pool.help_until([&] { return ran == 5; }));
  CHECK(ran == 5);
  CHECK_FALSE(pool.help_until([&] { return ran == 11; })); // nothing is left by then
  CHECK(ran == 10);
  end.unpark();
}

TEST_CASE("threads have names and stacks as asked for") {
  thread_pool_options options;
  options.threads = 1;
  options.stack_bytes = std::size_t{1} << 20;
  options.pin = true;
  thread_pool pool(options);
  CHECK(pool.execute([] { return os::stack_size_bytes(); }) == options.stack_bytes);
}
