// SPDX-License-Identifier: Apache-2.0
// Executors on threads of oneTBB and Asio, as far as the build has found them: CLOTHO_TEST_TBB, CLOTHO_TEST_ASIO.
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#if defined(CLOTHO_TEST_TBB)
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#endif
#if defined(CLOTHO_TEST_ASIO)
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>
#endif

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/sched/adapt/asio_executor.hpp>
#include <clotho/sched/adapt/tbb_executor.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/when.hpp>
#include <support/contains.hpp>

using namespace clotho;
using test::contains;

namespace {

#if defined(CLOTHO_TEST_TBB)
struct on_tbb {
  explicit on_tbb(unsigned threads, log_sink log = {}) : arena(static_cast<int>(threads), 0), here(arena, std::move(log)) {}
  tbb::global_control enough{tbb::global_control::max_allowed_parallelism, 16}; // also where there are fewer cores
  tbb::task_arena arena;
  tbb_executor<tbb::task_arena> here;
};
#endif

#if defined(CLOTHO_TEST_ASIO)
struct on_asio {
  explicit on_asio(unsigned threads, log_sink log = {}) : pool(threads), here(pool, threads, std::move(log)) {}
  asio::thread_pool pool;
  asio_executor<asio::thread_pool> here;
};
#endif

#if defined(CLOTHO_TEST_TBB) && defined(CLOTHO_TEST_ASIO)
#define CLOTHO_ADAPTERS on_tbb, on_asio
#elif defined(CLOTHO_TEST_TBB)
#define CLOTHO_ADAPTERS on_tbb
#else
#define CLOTHO_ADAPTERS on_asio
#endif

struct broken {
  int code;
};

task<int> doubled_there(executor& there, int x) {
  co_await there;
  CHECK(there.is_worker());
  co_return x * 2;
}

// Keeps what is told to a log.
struct told {
  log_sink sink() {
    return log_sink([this](log_level, std::string_view said) {
      const std::lock_guard lock(mutex);
      text += std::string(said) + "\n";
    });
  }
  std::mutex mutex;
  std::string text;
};

} // namespace

TEST_CASE_TEMPLATE("an adapter runs everything once, before it goes", Threads, CLOTHO_ADAPTERS) {
  for (const unsigned threads : {1u, 2u, 8u}) {
    std::vector<std::atomic<int>> ran(500);
    const auto token = std::make_shared<int>();
    {
      Threads on(threads);
      CHECK(on.here.concurrency() == threads);
      CHECK_FALSE(on.here.is_worker());
      std::vector<std::function<void()>> work;
      for (std::atomic<int>& one : ran) work.emplace_back([&one, token] { ++one; });
      on.here.submit_bulk(work);
      for (std::atomic<int>& one : ran)
        on.here.submit([&, token] {
          if (on.here.is_worker()) on.here.submit([&one, token] { ++one; });
        });
    }
    for (const std::atomic<int>& one : ran) CHECK(one == 2);
    CHECK(token.use_count() == 1); // what was captured has gone, too
    Threads other(threads);
    CHECK_THROWS_AS(other.here.submit({}), argument_error);
  }
}

TEST_CASE_TEMPLATE("one adapter's worker is not another's", Threads, CLOTHO_ADAPTERS) {
  Threads first(1), second(1);
  CHECK(async(first.here, [&] { return first.here.is_worker() && !second.here.is_worker(); }).get());
}

TEST_CASE_TEMPLATE("futures on an adapter", Threads, CLOTHO_ADAPTERS) {
  for (const unsigned threads : {1u, 2u, 8u}) {
    Threads on(threads);
    CHECK(async(on.here, [] { return 20; }).then([](int x) { return x + 1; }).get() == 21);
    CHECK(async(on.here, [] {}).then(on.here, [&] { return on.here.is_worker(); }).get());
    CHECK_THROWS_AS(async(on.here, [] { throw broken{1}; }).get(), broken);
    CHECK_THROWS_AS(async(on.here, [] { return 1; }).then([](int) { throw broken{2}; }).get(), broken);
    std::vector<future<int>> many;
    for (int i = 0; i < 100; ++i) many.push_back(async(on.here, [i] { return i; }));
    const std::vector<int> all = when_all(std::move(many)).get();
    for (int i = 0; i < 100; ++i) CHECK(all[static_cast<std::size_t>(i)] == i);
  }
}

TEST_CASE_TEMPLATE("the only worker of an adapter may wait for what has not begun", Threads, CLOTHO_ADAPTERS) {
  Threads on(1);
  executor& here = on.here;
  CHECK(async(here, [&] { return async(here, [] { return 3; }).get() + 1; }).get() == 4);
  CHECK(async(here, [&] { return async(here, [] { return 3; }).then([](int x) { return x + 1; }).get(); }).get() == 4);
  CHECK(async(here, [&] {
          auto [a, b] = when_all(async(here, [] { return 1; }), async(here, [] { return 2; })).get();
          return a + b;
        }).get() == 3);
  const auto down = [&](auto&& self, int depth) -> int {
    return depth == 0 ? 0 : async(here, [&] { return self(self, depth - 1); }).get() + 1;
  };
  CHECK(async(here, [&] { return down(down, 100); }).get() == 100);
}

TEST_CASE_TEMPLATE("coroutines move to an adapter", Threads, CLOTHO_ADAPTERS) {
  for (const unsigned threads : {1u, 2u}) {
    Threads on(threads);
    CHECK(sync_wait(doubled_there(on.here, 4)) == 8);
    CHECK(spawn(on.here, doubled_there(on.here, 5)).get() == 10);
    std::vector<task<int>> many;
    for (int i = 0; i < 100; ++i) many.push_back(doubled_there(on.here, i));
    const std::vector<int> all = sync_wait(gather(std::move(many)));
    for (int i = 0; i < 100; ++i) CHECK(all[static_cast<std::size_t>(i)] == 2 * i);
    const auto fails = [](executor& there) -> task<> {
      co_await there;
      throw broken{1};
    };
    CHECK_THROWS_AS(sync_wait(fails(on.here)), broken);
  }
}

TEST_CASE_TEMPLATE("an adapter tells its log what nobody has seen", Threads, CLOTHO_ADAPTERS) {
  told log;
  {
    Threads on(2, log.sink());
    { auto dropped = async(on.here, [] { throw std::runtime_error("lost future"); }); }
    on.here.submit([] { throw std::runtime_error("lost work"); });
    CHECK_THROWS(async(on.here, [] { throw std::runtime_error("seen"); }).get());
  }
  CHECK(contains(log.text, " failed: lost future\n"));
  CHECK(contains(log.text, " failed: lost work\n"));
  CHECK_FALSE(contains(log.text, "seen"));
  Threads silent(1);
  { auto dropped = async(silent.here, [] { throw broken{1}; }); }
}
