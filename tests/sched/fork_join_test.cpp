// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/sched/join.hpp>
#include <clotho/sched/parallel_for.hpp>
#include <clotho/sched/parallel_invoke.hpp>
#include <clotho/sched/parallel_reduce.hpp>
#include <clotho/sched/task_group.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <support/workers.hpp>

using namespace clotho;

namespace {

std::uint64_t plain_fib(unsigned n) { return n < 2 ? n : plain_fib(n - 1) + plain_fib(n - 2); }

std::uint64_t joined_fib(unsigned n) {
  if (n < 2) return n;
  std::uint64_t a = 0, b = 0;
  join([&] { a = joined_fib(n - 1); }, [&] { b = joined_fib(n - 2); });
  return a + b;
}

std::uint64_t grouped_fib(thread_pool& pool, unsigned n) {
  if (n < 2) return n;
  std::uint64_t a = 0, b = 0;
  task_group group(pool);
  group.run([&, n] { a = grouped_fib(pool, n - 1); });
  b = grouped_fib(pool, n - 2);
  group.wait();
  return a + b;
}

struct thrown {
  int from;
};

} // namespace

TEST_CASE("join and task groups compute what plain recursion does") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    for (const unsigned n : {0u, 1u, 2u, 15u, 20u}) {
      CAPTURE(threads);
      CHECK(pool.execute([&] { return joined_fib(n); }) == plain_fib(n));
      CHECK(pool.execute([&] { return grouped_fib(pool, n); }) == plain_fib(n));
      CHECK(joined_fib(n) == plain_fib(n)); // on a thread that is no worker
      CHECK(grouped_fib(pool, n > 10 ? 10 : n) == plain_fib(n > 10 ? 10 : n));
    }
  }
}

TEST_CASE("join throws what either half throws, after the other has ended") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    for (int i = 0; i < 200; ++i) {
      std::atomic<int> running{0};
      const auto works = [&] {
        ++running;
        --running;
      };
      const auto fails = [&](int from) {
        ++running;
        --running;
        throw thrown{from};
      };
      const auto outcome = [&](auto&& f, auto&& g) {
        try {
          pool.execute([&] { join(f, g); });
          return 0;
        } catch (const thrown& what) {
          CHECK(running == 0);
          return what.from;
        }
      };
      CHECK(outcome(works, works) == 0);
      CHECK(outcome([&] { fails(1); }, works) == 1);
      CHECK(outcome(works, [&] { fails(2); }) == 2);
      const int either = outcome([&] { fails(1); }, [&] { fails(2); });
      CHECK((either == 1 || either == 2));
    }
  }
}

TEST_CASE("a lock may be held across a join: what runs meanwhile is never unrelated work that wants it too") {
  for (const unsigned threads : {1u, 2u, 8u}) {
    thread_pool pool(threads);
    std::mutex mutex;
    int inside = 0;
    const auto locked = [&] {
      const std::lock_guard lock(mutex);
      ++inside;
      (void)joined_fib(8);
      CHECK(--inside == 0);
    };
    for (int i = 0; i < 20; ++i) {
      pool.execute([&] {
        task_group group(pool);
        for (int k = 0; k < 20; ++k) group.run(locked);
        group.wait();
      });
      pool.execute([&] { join([&] { join(locked, locked); }, [&] { join(locked, locked); }); });
    }
  }
}

TEST_CASE("waits nest a thousand deep") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    std::atomic<int> reached{0};
    const auto down = [&](auto&& self, int depth) -> void {
      ++reached;
      if (depth == 0) return;
      task_group group(pool);
      group.run([&] { self(self, depth - 1); });
      group.wait();
    };
    pool.execute([&] { down(down, 1000); });
    CHECK(reached == 1001);
  }
}

TEST_CASE("a task group runs everything once, whoever forks it") {
  for (const unsigned threads : test::worker_counts) {
    CAPTURE(threads);
    thread_pool pool(threads);
    std::vector<std::atomic<int>> ran(5000);
    const auto fill = [&](task_group& group, std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) group.run([&, i] { ++ran[i]; });
    };
    SUBCASE("from outside") {
      task_group group(pool);
      fill(group, 0, ran.size());
      group.wait();
    }
    SUBCASE("from a worker") {
      pool.execute([&] {
        task_group group(pool);
        fill(group, 0, ran.size());
        group.wait();
      });
    }
    SUBCASE("from tasks of the group") {
      pool.execute([&] {
        task_group group(pool);
        for (std::size_t i = 0; i < 10; ++i)
          group.run([&, i] { fill(group, i * ran.size() / 10, (i + 1) * ran.size() / 10); });
        group.wait();
      });
    }
    for (const std::atomic<int>& one : ran) REQUIRE(one == 1);
  }
}

TEST_CASE("a group can be used again after it was waited for") {
  thread_pool pool(2);
  pool.execute([&] {
    task_group group(pool);
    for (int round = 0; round < 600; ++round) {
      std::atomic<int> ran{0};
      for (int i = 0; i < 3; ++i) group.run([&] { ++ran; });
      group.wait();
      CHECK(ran == 3);
    }
  });
}

TEST_CASE("the first failure of a group cancels what has not begun") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    std::atomic<int> ran{0};
    task_group group(pool);
    for (int i = 0; i < 2000; ++i)
      group.run([&, i] {
        if (i == 10) throw thrown{i};
        ++ran;
      });
    CHECK_THROWS_AS(group.wait(), thrown);
    CHECK(ran < 2000);
    CHECK(group.further_failures().empty());
    group.run([&] { ran = 0; }); // and the group lives on
    CHECK_NOTHROW(group.wait());
    CHECK(ran == 0);
  }
}

TEST_CASE("further failures are kept") {
  thread_pool pool(2);
  std::atomic<int> begun{0};
  task_group group(pool);
  for (int i = 0; i < 2; ++i)
    group.run([&, i] {
      ++begun;
      while (begun < 2) std::this_thread::yield(); // both have begun before one fails
      throw thrown{i};
    });
  CHECK_THROWS_AS(group.wait(), thrown);
  CHECK(group.further_failures().size() == 1);
}

TEST_CASE("a cancelled group says so") {
  std::stop_source stop;
  thread_pool pool(1);
  std::atomic<int> ran{0};
  task_group group(pool, stop.get_token());
  group.run([&] {
    ++ran;
    stop.request_stop();
    for (int i = 0; i < 10; ++i) group.run([&] { ++ran; });
    CHECK(group.cancelled());
  });
  CHECK_THROWS_AS(group.wait(), cancelled_error);
  CHECK(ran == 1);
}

TEST_CASE("callables of any size are run and destroyed before the wait is over") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    const auto small = std::make_shared<int>(1);
    const std::vector<std::shared_ptr<int>> many(9, small);
    std::atomic<int> sum{0};
    const auto run = [&] {
      task_group group(pool);
      group.run([&sum, small] { sum += *small; });
      group.run([&sum, a = many[0], b = many[1], c = many[2], d = many[3]] { sum += *a + *b + *c + *d; });
      group.wait();
    };
    run();
    pool.execute(run);
    CHECK(sum == 10);
    CHECK(small.use_count() == 10);
    CHECK_THROWS_AS(task_group(pool).run(std::function<void()>()), argument_error);
  }
}

TEST_CASE("parallel_for visits every index once") {
  std::mt19937 random(doctest::getContextOptions()->rand_seed);
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    for (const int count : {0, 1, 2, 7, 64, 1000, 4099})
      for (const std::size_t elements : {std::size_t{0}, std::size_t{1}, std::size_t{random() % 100 + 1}}) {
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
        parallel_for(pool, 0, count, [&](int i) { ++seen[static_cast<std::size_t>(i)]; }, {elements});
        parallel_for(
            pool, 0, count,
            [&](int begin, int end) {
              CHECK(begin < end);
              for (int i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
            },
            {elements});
        for (const std::atomic<int>& one : seen) REQUIRE(one == 2);
      }
    std::atomic<std::uint64_t> covered{0};
    parallel_for(pool, INT_MIN, INT_MAX,
                 [&](int begin, int end) { covered += static_cast<std::uint64_t>(std::int64_t{end} - begin); });
    CHECK(covered == UINT32_MAX);
    CHECK_NOTHROW(parallel_for(pool, 5, -5, [](int) { throw thrown{0}; }));
    CHECK_THROWS_AS(parallel_for(pool, 0, 1000, [](int i) { if (i == 777) throw thrown{i}; }), thrown);
  }
}

TEST_CASE("parallel_reduce combines in order, and the same way every time") {
  const auto join_text = [](int begin, int end, std::string text) {
    for (int i = begin; i < end; ++i) text += std::to_string(i) + " ";
    return text;
  };
  std::vector<float> values(100'001);
  std::mt19937 random(7);
  for (float& value : values) value = std::uniform_real_distribution<float>(-1, 1)(random);
  const auto sum = [&](std::size_t begin, std::size_t end, float initial) {
    return std::accumulate(values.begin() + static_cast<long>(begin), values.begin() + static_cast<long>(end), initial);
  };
  float first_sum = 0;
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    CHECK(parallel_reduce(pool, 0, 500, std::string(), join_text, std::plus<>()) == join_text(0, 500, ""));
    CHECK(parallel_reduce(pool, 3, 3, 42, [](int, int, int) { return 0; }, std::plus<>()) == 42);
    const float total = parallel_reduce(pool, std::size_t{0}, values.size(), 0.0f, sum, std::plus<>(), {100});
    if (threads == 0) first_sum = total;
    CHECK(total == first_sum);
  }
}

TEST_CASE("parallel_invoke calls everything") {
  thread_pool pool(2);
  std::atomic<int> sum{0};
  parallel_invoke(pool);
  parallel_invoke(pool, [&] { sum += 1; });
  parallel_invoke(pool, [&] { sum += 10; }, [&] { sum += 100; }, [&] { sum += 1000; });
  CHECK(sum == 1111);
  CHECK_THROWS_AS(parallel_invoke(pool, [] {}, [] { throw thrown{1}; }, [] {}), thrown);
}
