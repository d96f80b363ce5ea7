// SPDX-License-Identifier: Apache-2.0
// Everything at once, at random, for as long as CLOTHO_STRESS_SECONDS says (15). CLOTHO_STRESS_SEED repeats a run, as far
// as threads can be repeated. What must come out is computed by plain loops.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/sched/async_mutex.hpp>
#include <clotho/sched/async_semaphore.hpp>
#include <clotho/sched/blocking_scope.hpp>
#include <clotho/sched/channel.hpp>
#include <clotho/sched/detail/pool_core.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/promise.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task_group.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <clotho/sched/timer.hpp>
#include <clotho/sched/when.hpp>
#include <support/collected.hpp>
#include <support/storm.hpp>
#include <support/watchdog.hpp>
#include <support/workers.hpp>

#include "random_program.hpp"

using namespace clotho;
using namespace std::chrono_literals;
using test::planned_failure;
using test::random_program;
using generator = random_program::generator;

namespace {

std::uint64_t stress_seed() {
  static const std::uint64_t seed = [] {
    if (const char* const given = std::getenv("CLOTHO_STRESS_SEED")) return std::strtoull(given, nullptr, 10);
    if (doctest::getContextOptions()->rand_seed != 0)
      return static_cast<unsigned long long>(doctest::getContextOptions()->rand_seed);
    return static_cast<unsigned long long>(std::random_device{}());
  }();
  return seed;
}

std::chrono::seconds stress_time() {
  const char* const given = std::getenv("CLOTHO_STRESS_SECONDS");
  return std::chrono::seconds(given != nullptr ? std::strtol(given, nullptr, 10) : 15);
}

std::string seed_text() { return "CLOTHO_STRESS_SEED=" + std::to_string(stress_seed()); }

/// What went wrong, from any thread; doctest is asked in one only.
class complaints : public test::collected {
 public:
  void check(bool right, const char* what) {
    if (!right) add(what);
  }
};

unsigned idle_now(thread_pool& pool) { return pool.core().idle().idle_now(); }

/// Waits until every worker sleeps and nothing is queued: queued work and somebody idle imply a searcher, or one who has
/// just fallen asleep and looks again. A pool that sleeps on its work never gets there, and the watchdog says so.
void come_to_rest(thread_pool& pool) {
  if (pool.core().places() == 0) return;
  while (idle_now(pool) != pool.core().places() || pool.core().idle().searching_now() != 0 || pool.core().anything_queued())
    std::this_thread::yield();
}

struct arena {
  thread_pool& pool;
  generator& random;
  complaints& wrong;
  std::size_t below(std::size_t n) { return random() % n; }
};

void run_programs(arena in) {
  const random_program program(in.random, in.below(4) == 0 ? 1000 : in.below(100) + 1, in.below(3) == 0 ? 30 : 0);
  const auto run = [&] {
    try {
      const std::uint64_t value = program.run(in.pool);
      in.wrong.check(!program.fails(), "a program that throws did not");
      in.wrong.check(value == program.value(), "a program has computed something else");
    } catch (const planned_failure& thrown) {
      in.wrong.check(program.fails() && program.may_throw(thrown), "a program threw what it does not");
    }
  };
  std::vector<std::function<void()>> at_once;
  std::atomic<int> submitted{0};
  for (std::size_t i = in.below(3) + 1; i > 0; --i) switch (in.below(4)) {
      case 0: at_once.emplace_back(run); break;
      case 1: at_once.emplace_back([&] { in.pool.execute(run); }); break;
      case 2: at_once.emplace_back([&] { async(in.pool, run).get(); }); break;
      default:
        ++submitted;
        in.pool.submit([&] {
          run();
          --submitted;
          submitted.notify_all();
        }, static_cast<priority>(in.below(3)));
    }
  test::run_together(std::move(at_once));
  for (int left; (left = submitted) != 0;) submitted.wait(left);
}

// Every future ends with its value or is cancelled; cancelled ones have not run.
void cancel_futures(arena in) {
  constexpr std::size_t count = 300;
  std::array<std::atomic<int>, count> ran{};
  std::vector<future<int>> made;
  std::stop_source stop;
  for (std::size_t i = 0; i < count; ++i) {
    const auto work = [&ran, i] { return ++ran[i], static_cast<int>(i); };
    switch (in.below(4)) {
      case 0: made.push_back(async(in.pool, work)); break;
      case 1: made.push_back(async(in.pool, stop.get_token(), work)); break;
      case 2: made.push_back(async(in.pool, [] {}).then(work)); break;
      default: made.push_back(async(in.pool, [work](std::stop_token) { return work(); }));
    }
  }
  std::vector<char> cancelled(count, 0);
  for (std::size_t i = 0; i < count; ++i)
    if (in.below(4) == 0) cancelled[i] = made[i].cancel();
  if (in.below(2) == 0) stop.request_stop();
  auto [first, futures] = when_any(std::move(made)).get();
  in.wrong.check(futures[first].ready(), "when_any named a future that is not ready");
  const std::size_t dropped = in.below(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i == dropped) {
      futures[i].wait();
      continue;
    }
    try {
      in.wrong.check(futures[i].get() == static_cast<int>(i) && ran[i] == 1 && !cancelled[i], "a future has a wrong value");
    } catch (const cancelled_error&) {
      in.wrong.check(ran[i] == 0, "a cancelled future has run");
    }
  }
}

void cancel_groups(arena in) {
  std::atomic<int> ran{0}, known{0};
  in.pool.execute([&] {
    task_group group(in.pool);
    const std::size_t at = in.below(200);
    for (std::size_t i = 0; i < 200; ++i) {
      group.run([&] { ++ran; });
      if (i == at) group.cancel();
    }
    try {
      group.wait();
    } catch (const cancelled_error&) {
      ++known;
    }
  });
  in.wrong.check(ran == 200 || known == 1, "a cancelled group did not say so");
}

void nest(arena in) {
  const std::function<int(int)> grouped = [&](int depth) {
    int below = 0;
    if (depth == 0) return 0;
    task_group group(in.pool);
    group.run([&] { below = grouped(depth - 1); });
    group.wait();
    return below + 1;
  };
  const std::function<int(int)> awaited = [&](int depth) {
    return depth == 0 ? 0 : async(in.pool, [&] { return awaited(depth - 1); }).get() + 1;
  };
  in.wrong.check(in.pool.execute([&] { return in.below(2) == 0 ? grouped(1000) : awaited(1000); }) == 1000,
                 "a nest of waits is wrong");
}

// More than fit into a worker's queue, below a task that waits with others behind it.
void overflow(arena in) {
  std::atomic<int> ran{0};
  in.pool.execute([&] {
    task_group outer(in.pool);
    for (int k = 0; k < 3; ++k)
      outer.run([&] {
        task_group inner(in.pool);
        for (int i = 0; i < 1500; ++i) inner.run([&] { ++ran; });
        inner.wait();
      });
    for (int i = 0; i < 1500; ++i) outer.run([&] { ++ran; });
    outer.wait();
  });
  in.wrong.check(ran == 6000, "tasks were lost or doubled where a queue was full");
}

void communicate(arena in, std::size_t items, std::size_t capacity) {
  const std::size_t writers = in.below(3) + 1, readers = in.below(3) + 1, each = items / writers;
  std::vector<std::atomic<unsigned char>> seen(writers * each);
  channel<std::size_t> items_of(capacity);
  std::vector<future<void>> all;
  const auto receive_all = [&](const reader<std::size_t>& from) {
    for (const std::size_t item : from) in.wrong.check(seen[item]++ == 0, "an item came twice");
  };
  const auto receive_all_async = [&](reader<std::size_t> from) -> task<> {
    try {
      for (;;) in.wrong.check(seen[co_await from.async_receive()]++ == 0, "an item came twice");
    } catch (const channel_retired&) {
    }
  };
  const auto send_async = [each](writer<std::size_t> to, std::size_t k) -> task<> {
    for (std::size_t i = 0; i < each; ++i) co_await to.async_send(k * each + i);
  };
  executor& pool = in.pool;
  auto first_in = items_of.reader(); // the last one to leave ends the channel: not before all have come
  auto first_out = items_of.writer();
  const bool threads = in.pool.core().places() != 0; // nobody but coroutines can take turns in one thread
  for (std::size_t k = 0; k < readers; ++k)
    if (threads && in.below(2) == 0)
      all.push_back(async(in.pool, [&, from = items_of.reader()] { receive_all(from); }));
    else
      all.push_back(spawn(pool, receive_all_async(items_of.reader())));
  for (std::size_t k = 0; k < writers; ++k)
    if (threads && in.below(2) == 0)
      all.push_back(async(in.pool, [each, k, to = items_of.writer()] {
        for (std::size_t i = 0; i < each; ++i) to.send(k * each + i);
      }));
    else
      all.push_back(spawn(pool, send_async(items_of.writer(), k)));
  first_in.retire();
  first_out.retire();
  when_all(std::move(all)).get();
  for (const auto& one : seen) in.wrong.check(one == 1, "an item was lost");
}

void coordinate(arena in) {
  timer clock;
  async_mutex mutex;
  async_semaphore places(3);
  int under_mutex = 0;
  std::atomic<int> inside{0};
  const auto work = [&](std::size_t sleep) -> task<> {
    co_await in.pool;
    co_await places.acquire();
    in.wrong.check(++inside <= 3, "a semaphore let too many in");
    co_await clock.sleep_for(std::chrono::microseconds(sleep));
    {
      const auto held = co_await mutex.lock();
      ++under_mutex;
      if (sleep % 2 == 0) co_await in.pool;
      ++under_mutex;
    }
    --inside;
    places.release();
  };
  std::vector<task<>> all;
  for (int i = 0; i < 50; ++i) all.push_back(work(in.below(100)));
  sync_wait(gather(std::move(all)));
  in.wrong.check(under_mutex == 100, "a mutex did not exclude");
}

void block(arena in) {
  std::atomic<int> met{0};
  const int wanted = in.pool.core().places() == 0 ? 0 : 40;
  std::vector<future<void>> all;
  for (int i = 0; i < wanted; ++i)
    all.push_back(async(in.pool, [&] {
      const blocking_scope replaced;
      ++met;
      met.notify_all();
      for (int now; (now = met) < wanted;) met.wait(now); // needs all of them at once
    }));
  when_all(std::move(all)).get();
  in.wrong.check(met == wanted, "blocked work was lost");
}

void feed_one_that_goes(arena in) {
  std::atomic<long> accepted{0}, ran{0};
  {
    thread_pool fed(in.pool.core().places());
    std::vector<std::function<void()>> feeders;
    for (std::size_t k = in.below(3) + 1; k > 0; --k)
      feeders.emplace_back([&, kind = in.below(3)] {
        try {
          for (;; ++accepted) switch (kind) {
              case 0: fed.submit([&] { ++ran; }); break;
              case 1: fed.submit([&] { ++ran; }, priority::low); break;
              default: (void)async(fed, [&] { ++ran; });
            }
        } catch (const closed_error&) {
        }
      });
    const long enough = static_cast<long>(in.below(300));
    feeders.emplace_back([&] {
      while (accepted < enough) std::this_thread::yield();
      fed.close();
    });
    test::run_together(std::move(feeders));
  }
  in.wrong.check(ran == accepted, "accepted work was lost or doubled");
}

struct scenario {
  const char* name;
  void (*run)(arena);
};
constexpr scenario scenarios[] = {
    {"programs", run_programs}, {"programs", run_programs}, {"programs", run_programs},
    {"cancelled futures", cancel_futures}, {"cancelled groups", cancel_groups}, {"nested waits", nest},
    {"overflow", overflow}, {"channels", [](arena in) { communicate(in, 5000, in.below(3) == 0 ? 0 : in.below(100)); }}, {"coroutines", coordinate},
    {"blocking", block}, {"fed while it goes", feed_one_that_goes}};

} // namespace

TEST_CASE("a pool does at random what plain loops do") {
  MESSAGE(seed_text(), " for ", stress_time().count(), " s");
  generator random(stress_seed());
  test::watchdog dog(seed_text());
  complaints wrong;
  const auto end = std::chrono::steady_clock::now() + stress_time();
  std::size_t rounds = 0;
  while (std::chrono::steady_clock::now() < end && wrong.text().empty()) {
    const unsigned threads = test::worker_counts[random() % std::size(test::worker_counts)];
    thread_pool pool(threads);
    for (int i = 0; i < 5; ++i, ++rounds) {
      const scenario& chosen = scenarios[random() % std::size(scenarios)];
      dog.note(std::string(chosen.name) + " on " + std::to_string(threads) + " workers, round " + std::to_string(rounds));
      chosen.run({pool, random, wrong});
      come_to_rest(pool);
    }
  }
  INFO(seed_text(), " after ", rounds, " rounds");
  CHECK(wrong.text() == "");
  MESSAGE(rounds, " rounds");
}

TEST_CASE("a million items pass through channels, each once") {
  generator random(stress_seed());
  test::watchdog dog(seed_text());
  complaints wrong;
  const std::size_t each = 1'000'000 / 5 / test::storm_divisor;
  for (const unsigned threads : test::worker_counts) {
    dog.note("items on " + std::to_string(threads) + " workers");
    thread_pool pool(threads);
    communicate({pool, random, wrong}, each, random() % 1000 + 50);
  }
  INFO(seed_text());
  CHECK(wrong.text() == "");
}

TEST_CASE("whoever submits to a pool at rest wakes it") {
  generator random(stress_seed());
  test::watchdog dog(seed_text());
  complaints wrong;
  for (const auto& [threads, most] : {std::pair{1u, 40'000u}, {2u, 40'000u}, {8u, 15'000u}, {64u, 5'000u}}) {
    std::atomic<int> ran{0};
    int wanted = 0;
    const auto one = [&] {
      ++ran;
      ran.notify_one();
    };
    thread_pool pool(threads);
    for (std::size_t round = 0; round < most / test::storm_divisor; ++round) {
      if (round % 1000 == 0) dog.note(std::to_string(threads) + " workers, round " + std::to_string(round));
      come_to_rest(pool);
      const int more = static_cast<int>(random() % 4) + 1;
      wanted += more;
      if (random() % 2 == 0)
        for (int i = 0; i < more; ++i) pool.submit(one, static_cast<priority>(random() % 3));
      else
        pool.submit([&, more] {
          for (int i = 1; i < more; ++i) i % 2 == 0 ? pool.submit(one) : pool.submit_continuation(one);
          one();
        });
      for (int now; (now = ran) < wanted;) ran.wait(now);
    }
  }
  INFO(seed_text());
  CHECK(wrong.text() == "");
}
