// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <clotho/sched/network.hpp>
#include <clotho/sched/select.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "support/contains.hpp"
#include "support/refusal.hpp"

using namespace std::chrono_literals;
using clotho::channel;
using clotho::deadlock_watch;
using clotho::named_process;
using clotho::network;
using clotho::parallel;
using clotho::reader;
using clotho::task;
using clotho::thread_pool;
using clotho::writer;
using clotho::test::contains;
using clotho::test::refusal;

namespace {

/// Collects the reports of a watched network.
struct reports {
  std::mutex mutex;
  std::vector<std::string> texts;

  clotho::network_options options() {
    return {.name = "test",
            .log = clotho::log_sink([this](clotho::log_level, std::string_view text) {
              const std::lock_guard lock(mutex);
              texts.emplace_back(text);
            }),
            .watch = deadlock_watch::always};
  }
};

task<> numbers_from_2(writer<int> to) {
  for (int n = 2;; ++n) co_await to.async_send(n);
}

/// Passes on what `prime` does not divide.
task<> filter(int prime, reader<int> from, writer<int> to) {
  for (;;)
    if (const int n = co_await from.async_receive(); n % prime != 0) co_await to.async_send(n);
}

void pass_round(const reader<int>& from, const writer<int>& to) {
  for (int token : from) to.send(token + 1);
}

task<> receive_once(reader<int> from) { co_await from.async_receive(); }
task<> receive_then_send(reader<int> from, writer<int> to) {
  const int item = co_await from.async_receive();
  co_await to.async_send(item);
}

} // namespace

TEST_CASE("the sieve of Eratosthenes: a network that grows, and goes when its reader does") {
  for (const unsigned threads : {1u, 2u, 8u}) {
    thread_pool pool(threads);
    network sieve(pool);
    std::vector<int> primes;
    {
      auto first = std::make_unique<channel<int>>();
      sieve.start("numbers", numbers_from_2(first->writer()));
      reader<int> from = first->reader();
      for (int i = 0; i < 50; ++i) {
        primes.push_back(from.receive());
        channel<int> next;
        sieve.start("filter", filter(primes.back(), std::move(from), next.writer()));
        from = next.reader();
      }
    }
    sieve.join(); // retirement has run from here back to the numbers
    CHECK(primes.front() == 2);
    CHECK(primes.back() == 229);
  }
}

TEST_CASE("a token goes round a ring") {
  constexpr int members = 5, rounds = 100;
  thread_pool pool(members);
  int last = 0;
  {
    network ring(pool);
    channel<int> links[members];
    for (int i = 1; i < members; ++i)
      ring.start(
          "member " + std::to_string(i),
          [from = links[i].reader(), to = links[(i + 1) % members].writer()] { pass_round(from, to); });
    ring.start("first", [from = links[0].reader(), to = links[1].writer(), &last]() mutable {
      for (int round = 0; round < rounds; ++round) {
        to.send(last);
        last = from.receive() + 1;
      }
    });
    ring.join();
  }
  CHECK(last == members * rounds);
}

TEST_CASE("processes of every kind run together") {
  thread_pool pool(4);
  channel<int> c, d;
  int got = 0;
  parallel(
      pool, [to = c.writer()] { to.send(1); }, receive_then_send(c.reader(), d.writer()),
      named_process{"sink", [from = d.reader(), &got]() -> task<> { got = co_await from.async_receive(); }});
  CHECK(got == 1);
}

TEST_CASE("a process ends quietly with its channels, and loudly with anything else") {
  thread_pool pool(2);
  channel<int> c;
  SUBCASE("retired") {
    parallel(
        pool, [from = c.reader()] { from.receive(); }, [to = c.writer()] {});
  }
  SUBCASE("poisoned") {
    parallel(pool, receive_once(c.reader()), [to = c.writer()] { to.poison(); });
  }
  SUBCASE("a failure retires what its process owns, and is thrown when all have ended") {
    CHECK_THROWS_WITH(parallel(
                          pool, [from = c.reader()] { from.receive(); },
                          [to = c.writer()] { throw std::runtime_error("burnt"); }),
                      "burnt");
  }
  SUBCASE("of coroutines, too") {
    const auto fail = [](writer<int>) -> task<> {
      throw std::runtime_error("burnt");
      co_return;
    };
    network all(pool);
    all.start("reader", receive_once(c.reader()));
    all.start("writer", fail(c.writer()));
    CHECK_THROWS_WITH(clotho::sync_wait([&]() -> task<> { co_await all.async_join(); }()), "burnt");
    all.join(); // nothing is left to report
  }
}

TEST_CASE("a deadlock is reported, and ends the processes") {
  thread_pool pool(3);
  reports log;
  channel<int> a(0, "a"), b(0, "b"), c;
  const std::string report = "deadlock: every process waits for another: 'test/x' receives from channel 'a'; "
                             "'test/y' sends to channel 'b'; "
                             "'test/z' selects: receives from channel 'a' or sends to an unnamed channel";
  const auto x_ends = std::make_pair(a.reader(), b.reader()); // keeps both channels from being retired
  std::string said;

  SUBCASE("threads") {
    said = refusal([&] {
      parallel(pool, log.options(), named_process{"x", [&] { a.reader().receive(); }},
               named_process{"y", [&, keep = a.writer()] { b.writer().send(1); }},
               named_process{"z", [from = a.reader(), to = c.writer(), keep = c.reader()] {
                               int got = 0;
                               clotho::select(clotho::in(from, got), clotho::out(to, 1));
                             }});
    });
  }
  SUBCASE("coroutines") {
    const auto y = [](writer<int> to, writer<int>) -> task<> { co_await to.async_send(1); };
    const auto z = [](reader<int> from, writer<int> to, reader<int>) -> task<> {
      int got = 0;
      co_await clotho::async_select(clotho::in(from, got), clotho::out(to, 1));
    };
    said = refusal([&] {
      parallel(pool, log.options(), named_process{"x", receive_once(a.reader())},
               named_process{"y", y(b.writer(), a.writer())},
               named_process{"z", z(a.reader(), c.writer(), c.reader())});
    });
  }
  CHECK(said == report);
  CHECK(log.texts == std::vector{report});
}

TEST_CASE("a deadlock that is left when another process ends is found") {
  thread_pool pool(2);
  reports log;
  channel<int> a(0, "a"), b(0, "b");
  const auto keep = std::make_pair(a.writer(), b.reader());
  CHECK(refusal([&] {
          parallel(pool, log.options(), named_process{"left", receive_once(a.reader())},
                   named_process{"gone", [] {}});
        })
        == "deadlock: every process waits for another: 'test/left' receives from channel 'a'");
}

TEST_CASE("processes of a nested network count as well") {
  thread_pool pool(3);
  reports log;
  channel<int> a(0, "a"), b(0, "b");
  const auto keep = std::make_pair(a.writer(), b.reader());

  SUBCASE("no deadlock while the outer one can go on") {
    channel<int> c;
    int got = 0;
    parallel(pool, log.options(),
             named_process{"outer",
                           [&, from = c.reader()] {
                             parallel(pool, clotho::network_options{.name = "nested"},
                                      named_process{"inner", [&] { got = from.receive(); }});
                           }},
             named_process{"helper", [to = c.writer()] { to.send(1); }});
    CHECK(got == 1);
    CHECK(log.texts.empty());
  }
  SUBCASE("a deadlock of both") {
    const std::string said = refusal([&] {
      parallel(pool, log.options(),
               named_process{"outer",
                             [&] {
                               parallel(pool, clotho::network_options{.name = "nested"},
                                        named_process{"inner", [&] { (void)a.reader().receive(); }});
                             }},
               named_process{"other", [&] { b.writer().send(1); }});
    });
    CHECK(contains(said, "'nested/inner' receives from channel 'a'"));
    CHECK(contains(said, "'test/other' sends to channel 'b'"));
  }
}

TEST_CASE("what is no deadlock is not reported") {
  thread_pool pool(3);
  reports log;
  channel<int> a, b;
  const auto keep = std::make_pair(a.writer(), b.reader());
  int got = 0;

  SUBCASE("a process that has a time-out") {
    parallel(
        pool, log.options(), [&, from = a.reader()] { (void)from.receive_for(1ms); },
        [&, from = a.reader()] { clotho::select(clotho::in(from, got), clotho::timeout(1ms)); });
  }
  SUBCASE("whoever starts the processes is not done") {
    network all(pool, log.options());
    channel<int> c;
    all.start("a", receive_then_send(a.reader(), b.writer()));
    all.start("b", [from = c.reader()] { from.receive(); });
    keep.first.send(1);
    keep.second.receive();
    c.writer().send(1);
    all.join();
  }
  SUBCASE("many processes that wait for each other all the time") {
    std::vector<std::unique_ptr<channel<int>>> links;
    for (int i = 0; i < 4; ++i) links.push_back(std::make_unique<channel<int>>());
    network ring(pool, log.options());
    const auto pass = [](reader<int> from, writer<int> to) -> task<> {
      for (;;) co_await to.async_send(co_await from.async_receive());
    };
    for (std::size_t i = 1; i < 4; ++i)
      ring.start("member", pass(links[i]->reader(), links[(i + 1) % 4]->writer()));
    ring.start("first", [from = links[0]->reader(), to = links[1]->writer()] {
      for (int round = 0; round < 2000; ++round) {
        to.send(round);
        CHECK(from.receive() == round);
      }
    });
    ring.join();
  }
  CHECK(log.texts.empty());
}

TEST_CASE("a network that is not watched costs its processes nothing, and may communicate with others") {
  thread_pool pool(2);
  channel<int> a;
  network all(pool, {.watch = deadlock_watch::never});
  all.start("reader", receive_once(a.reader()));
  std::thread outside([&] { a.writer().send(1); });
  all.join();
  outside.join();
}
