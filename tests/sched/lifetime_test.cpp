// SPDX-License-Identifier: Apache-2.0
// How pools begin and end: in forks, by the thousand, while they are fed, by their own work, in libraries that are
// unloaded. CLOTHO_UNLOADABLE is the path of the library made from unloadable.cpp.
#include <doctest/doctest.h>

#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/sched/blocking_scope.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/join.hpp>
#include <clotho/sched/promise.hpp>
#include <clotho/sched/task_group.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <clotho/sched/when.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>
#include <support/storm.hpp>

using namespace clotho;
using namespace std::chrono_literals;
using test::contains;
using test::refusal;

namespace {

/// Runs `body` in a fork of this process and returns what that says: nothing when all is well.
std::string in_child(const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    std::string said;
    try {
      said = body();
    } catch (const std::exception& thrown) {
      said = std::string("thrown: ") + thrown.what();
    }
    const ssize_t written = ::write(ends[1], said.data(), said.size());
    ::_exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  pollfd awaited{ends[0], POLLIN, 0};
  for (;;) {
    if (::poll(&awaited, 1, 60'000) <= 0) {
      ::kill(child, SIGKILL);
      said += "the child hangs";
      break;
    }
    char text[256];
    const ssize_t count = ::read(ends[0], text, sizeof text);
    if (count <= 0) break;
    said.append(text, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (said.empty() && status != 0) said = "the child ended with status " + std::to_string(status);
  return said;
}

/// What is wrong with a pool that came from the parent process.
std::string wrong_with_inherited(thread_pool& pool) {
  constexpr const char* why = "belongs to the parent process; make one of your own after fork()";
  std::string wrong;
  const auto expect_refusal = [&](const char* call, auto f) {
    if (const std::string said = refusal(f); !contains(said, why)) wrong += std::string(call) + ": " + said + "\n";
  };
  expect_refusal("submit", [&] { pool.submit([] {}); });
  expect_refusal("submit_bulk", [&] {
    std::vector<std::function<void()>> some(2, [] {});
    pool.submit_bulk(some);
  });
  expect_refusal("submit_continuation", [&] { pool.submit_continuation([] {}); });
  expect_refusal("async", [&] { (void)async(pool, [] {}); });
  expect_refusal("execute", [&] { pool.execute([] {}); });
  if (pool.is_worker()) { // which runs by itself what it forks
    int ran = 0;
    join([&] { ++ran; }, [&] { ++ran; });
    task_group group(pool);
    group.run([&] { ++ran; });
    group.wait();
    return ran == 3 ? wrong : wrong + "fork-join";
  }
  expect_refusal("task_group::run", [&] {
    task_group group(pool);
    group.run([] {});
    group.wait();
  });
  return wrong;
}

/// What is wrong with a pool that is made here.
std::string wrong_with_new() {
  thread_pool own(2);
  std::atomic<int> ran{0};
  for (int i = 0; i < 100; ++i) own.submit([&] { ++ran; });
  if (async(own, [] { return 7; }).then([](int x) { return x + 1; }).get() != 8) return "a future is wrong";
  own.execute([&] {
    task_group group(own);
    for (int i = 0; i < 100; ++i) group.run([&] { ++ran; });
    group.wait();
  });
  while (own.help_until([&] { return ran == 200; }), ran != 200) std::this_thread::yield();
  return "";
}

std::size_t entries(const char* folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) (void)entry, ++count;
  return count;
}
std::size_t threads_now() { return entries("/proc/self/task"); }
std::size_t files_now() { return entries("/proc/self/fd"); }

/// A thread that was joined may be listed for another moment, one that was let go for longer.
std::size_t threads_soon(std::size_t wanted) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (threads_now() > wanted && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  return threads_now();
}

/// Checks that as many threads run, and files are open, at the end as at the beginning.
class nothing_left {
 public:
  nothing_left() {
    { // so that what the process keeps for ever is there
      thread_pool first(1);
      first.execute([] {});
    }
    if (test::storm_divisor != 1) // ThreadSanitizer has a thread of its own from the first one on
      threads_ = std::max<std::size_t>(threads_, 2);
    files_ = files_now();
  }
  ~nothing_left() {
    CHECK(threads_soon(threads_) <= threads_);
    CHECK(files_now() == files_);
  }

 private:
  std::size_t threads_ = threads_now();
  std::size_t files_;
};

} // namespace

TEST_CASE("a pool in a fork refuses work and is destroyed without its threads") {
  if (test::storm_divisor != 1) CLOTHO_SKIP("the locks of sanitizers do not survive a fork");
  const nothing_left check;
  for (const unsigned threads : {1u, 8u}) {
    os::parker busy, end;
    auto pool = std::make_unique<thread_pool>(threads);
    pool->submit([&] {
      busy.unpark();
      end.park();
    });
    busy.park();
    for (int i = 0; i < 100; ++i) pool->submit([] {}); // queued, or on their way, at the fork
    auto pending = async(*pool, [] { return 1; });
    CHECK(in_child([&] {
            std::string wrong = wrong_with_inherited(*pool);
            pool.reset();
            return wrong + wrong_with_new();
          }) == "");
    end.unpark();
    CHECK(pending.get() == 1); // and the parent never noticed
  }
}

TEST_CASE("a worker may fork") {
  if (test::storm_divisor != 1) CLOTHO_SKIP("the locks of sanitizers do not survive a fork");
  const nothing_left check;
  auto pool = std::make_unique<thread_pool>(2);
  std::atomic<int> ran{0};
  CHECK(pool->execute([&] {
    return in_child([&] {
      std::string wrong = wrong_with_inherited(*pool);
      pool.reset();
      return wrong + wrong_with_new();
    });
  }) == "");
  pool->execute([&] { join([&] { ++ran; }, [&] { ++ran; }); });
  CHECK(ran == 2);
}

TEST_CASE("pools by the thousand leave nothing behind") {
  const nothing_left check;
  const std::size_t pools = 10'000 / test::storm_divisor;
  MESSAGE("pools: ", pools);
  std::atomic<std::size_t> ran{0};
  for (std::size_t i = 0; i < pools; ++i) {
    thread_pool pool(i % 4);
    if (i % 2 == 0) pool.submit([&] { ++ran; });
    if (i % 3 == 0) pool.execute([&] { ++ran; });
    if (i % 5 == 0) async(pool, [&] { ++ran; }).get();
  }
  CHECK(ran == (pools + 1) / 2 + (pools + 2) / 3 + (pools + 4) / 5);
}

TEST_CASE("what a pool has accepted is run, however late it came") {
  const nothing_left check;
  for (const unsigned threads : {0u, 1u, 2u, 8u, 64u})
    for (std::size_t round = 0; round < 20; ++round) {
      std::atomic<long> accepted{0}, ran{0}, forked{0};
      {
        thread_pool pool(threads);
        std::vector<std::thread> feeders;
        std::atomic<int> feeding{0};
        for (int k = 0; k < 4; ++k)
          feeders.emplace_back([&, k] {
            ++feeding;
            const auto work = [&] {
              ++ran;
              task_group group(pool);
              for (int i = 0; i < 3; ++i) group.run([&] { ++forked; });
              group.wait();
            };
            try {
              for (;; ++accepted) k % 2 == 0 ? pool.submit(work) : static_cast<void>(async(pool, work));
            } catch (const closed_error&) {
            }
          });
        while (feeding < 4 || accepted < 100) std::this_thread::yield();
        pool.close();
        for (std::thread& one : feeders) one.join();
      }
      REQUIRE(ran == accepted);
      REQUIRE(forked == 3 * accepted);
    }
}

TEST_CASE("a pool goes while its work forks, blocks and submits more") {
  const nothing_left check;
  for (std::size_t round = 0; round < 100 / test::storm_divisor + 1; ++round) {
    std::atomic<int> ran{0};
    const std::function<void(thread_pool&, int)> tree = [&](thread_pool& pool, int depth) {
      ++ran;
      if (depth == 0) return;
      if (depth == 2) {
        const blocking_scope replaced;
        std::this_thread::yield();
      }
      join([&] { tree(pool, depth - 1); }, [&] { tree(pool, depth - 1); });
      if (depth == 3) pool.submit([&] { ++ran; });
    };
    {
      thread_pool pool(64);
      for (int i = 0; i < 20; ++i) pool.submit([&] { tree(pool, 6); });
    }
    CHECK(ran == 20 * (127 + 8));
  }
}

TEST_CASE("a worker drops the last pool while futures of it are alive") {
  const nothing_left check;
  for (const unsigned threads : {1u, 2u, 8u}) {
    std::vector<future<int>> kept;
    os::parker alone;
    auto pool = std::make_shared<thread_pool>(threads);
    for (int i = 0; i < 10; ++i) kept.push_back(async(*pool, [i] { return i; }));
    kept.push_back(async(*pool, [&alone, held = pool]() mutable {
      alone.park();
      held.reset();
      return 10;
    }));
    kept.push_back(std::move(kept.back()).then([](int x) { return x + 1; })); // continues after the pool
    kept.erase(kept.end() - 2);
    pool.reset();
    alone.unpark();
    const std::vector<int> all = when_all(std::move(kept)).get();
    for (int i = 0; i < 10; ++i) CHECK(all[static_cast<std::size_t>(i)] == i);
    CHECK(all.back() == 11);
  }
}

TEST_CASE("the work of execute may destroy the pool") {
  const nothing_left check;
  for (const unsigned threads : {0u, 1u, 2u, 8u}) {
    auto pool = std::make_unique<thread_pool>(threads);
    thread_pool& given = *pool;
    std::atomic<int> ran{0};
    for (int i = 0; i < 20; ++i) given.submit([&] { ++ran; });
    CHECK(given.execute([&] {
      pool.reset();
      return 5;
    }) == 5);
    CHECK(ran == 20);
  }
}

TEST_CASE("futures and promises may outlive their pool") {
  const nothing_left check;
  future<int> done;
  promise<int> open;
  future<int> from_promise = open.get_future();
  future<int> continued;
  {
    thread_pool pool(2);
    done = async(pool, [] { return 1; });
    continued = std::move(from_promise).then(pool, [](int x) { return x; });
  }
  CHECK(done.get() == 1);
  CHECK(open.set_value(2));
  CHECK_THROWS_AS(continued.get(), closed_error); // nobody is there to continue it
}

TEST_CASE("a worker of one pool may lend itself to another that goes") {
  thread_pool lender(1);
  for (int round = 0; round < 50; ++round) {
    os::parker busy, end;
    auto other = std::make_unique<thread_pool>(1);
    other->submit([&] {
      busy.unpark();
      end.park();
    });
    busy.park();
    std::atomic<int> ran{0};
    for (int i = 0; i < 3; ++i) other->submit([&] { ++ran; });
    lender.execute([&] {
      CHECK(other->help_until([&] { return ran == 3; }));
      end.unpark();
      other.reset();
    });
  }
}

TEST_CASE("a library that uses pools can be unloaded") {
#if !defined(CLOTHO_UNLOADABLE)
  CLOTHO_SKIP("the library unloadable was not built");
#else
  const nothing_left check;
  for (int i = 0; i < 20; ++i) {
    void* const library = ::dlopen(CLOTHO_UNLOADABLE, RTLD_NOW | RTLD_LOCAL);
    REQUIRE_MESSAGE(library != nullptr, ::dlerror());
    const auto run = reinterpret_cast<int (*)()>(::dlsym(library, "clotho_unloadable_run"));
    REQUIRE(static_cast<bool>(run));
    CHECK(run() == 1312);
    CHECK(::dlclose(library) == 0);
    std::ifstream file("/proc/self/maps");
    const std::string maps{std::istreambuf_iterator<char>(file), {}};
    CHECK_FALSE(contains(maps, std::filesystem::path(CLOTHO_UNLOADABLE).filename().string()));
  }
#endif
}
