// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/promise.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task_group.hpp>
#include <clotho/sched/when.hpp>
#include <support/collected.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/workers.hpp>

using namespace clotho;
using namespace std::chrono_literals;
using test::contains;
using test::refusal;

namespace {

using told = test::collected;

thread_pool_options telling(told& log, unsigned threads = 2) {
  thread_pool_options options;
  options.threads = threads;
  options.log = log.sink();
  return options;
}

// Occupies the only worker of a pool until it goes.
class occupied {
 public:
  explicit occupied(thread_pool& pool) {
    pool.submit([this] {
      begun_.unpark();
      end_.park();
      ended_.unpark();
    });
    begun_.park();
  }
  ~occupied() {
    end_.unpark();
    ended_.park();
  }

 private:
  os::parker begun_, end_, ended_;
};

struct broken {
  int code;
};

} // namespace

TEST_CASE("a future brings the value or the exception of the work") {
  for (const unsigned threads : test::worker_counts) {
    CAPTURE(threads);
    thread_pool pool(threads);
    CHECK(async(pool, [] { return 42; }).get() == 42);
    CHECK(*async(pool, [] { return std::make_unique<int>(7); }).get() == 7);
    CHECK_NOTHROW(async(pool, [] {}).get());
    int place = 0;
    async(pool, [&]() -> int& { return place; }).get() = 5;
    CHECK(place == 5);
    CHECK_THROWS_AS(async(pool, [] { throw broken{1}; }).get(), broken);
    const auto failed = async(pool, []() -> int { throw std::runtime_error("no"); });
    CHECK(failed.failure() != nullptr);
    CHECK(failed.ready());
  }
}

TEST_CASE("a future works on any executor") {
  inline_executor here;
  CHECK(async(here, [] { return 1; }).get() == 1);
  CHECK(async(here, [] { return 1; }).then([](int x) { return x + 1; }).get() == 2);
  thread_pool pool(1);
  executor& plain = pool;
  CHECK(async(plain, [&] { return pool.is_worker(); }).get());
}

TEST_CASE("an empty future says so") {
  thread_pool pool(1);
  future<int> none;
  CHECK_FALSE(none.valid());
  CHECK(contains(refusal([&] { none.wait(); }), "this future is empty"));
  auto one = async(pool, [] { return 1; });
  CHECK(one.get() == 1);
  CHECK_THROWS_AS(one.get(), argument_error);
  CHECK_THROWS_AS((void)std::move(one).then([](int) {}), argument_error);
}

TEST_CASE("a wait may end before the work does") {
  promise<int> made;
  auto awaited = made.get_future();
  CHECK_FALSE(awaited.wait_for(-1s));
  CHECK_FALSE(awaited.wait_for(0s));
  CHECK_FALSE(awaited.wait_for(1ms));
  CHECK_FALSE(awaited.wait_until(std::chrono::steady_clock::time_point::min()));
  made.set_value(3);
  CHECK(awaited.wait_for(-1s));
  CHECK(awaited.wait_for(std::chrono::hours::max()));
  CHECK(awaited.get() == 3);
}

TEST_CASE("what continues from a future gets the value, or the future itself") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    CHECK(async(pool, [] { return 2; }).then([](int x) { return x * 10; }).then([](int x) { return x + 1; }).get() == 21);
    CHECK(async(pool, [] {}).then([] { return 1; }).get() == 1);
    CHECK_THROWS_AS(async(pool, []() -> int { throw broken{3}; }).then([](int x) { return x; }).get(), broken);
    const int code = async(pool, []() -> int { throw broken{3}; })
                         .then([](future<int> ended) {
                           try {
                             return ended.get();
                           } catch (const broken& what) {
                             return what.code;
                           }
                         })
                         .get();
    CHECK(code == 3);
    CHECK_THROWS_AS(async(pool, [] { return 1; }).then([](int) { throw broken{4}; }).get(), broken);
  }
  thread_pool pool(1);
  promise<int> made;
  auto there = made.get_future().then(pool, [&](int) { return pool.is_worker(); });
  made.set_value(0);
  CHECK(there.get());
}

TEST_CASE("a chain of any length neither recurses nor is kept") {
  constexpr int links = 200'000;
  const auto chain = [](future<int> at) {
    for (int i = 0; i < links; ++i) at = std::move(at).then([](int x) { return x + 1; });
    return at;
  };
  SUBCASE("in the thread that begins it") {
    promise<int> made;
    auto end = chain(made.get_future());
    made.set_value(0);
    CHECK(end.get() == links);
  }
  SUBCASE("on a pool, while somebody waits in it") {
    thread_pool pool(2);
    CHECK(pool.execute([&] { return chain(async(pool, [] { return 0; })).get(); }) == links);
  }
  SUBCASE("cancelled") {
    promise<int> made;
    auto end = chain(made.get_future());
    CHECK(end.cancel());
    CHECK_THROWS_AS(end.get(), cancelled_error);
    CHECK_FALSE(made.set_value(1));
  }
  SUBCASE("dropped") {
    promise<int> made;
    { auto end = chain(made.get_future()); }
    CHECK_NOTHROW(made.set_value(1));
  }
}

TEST_CASE("failures that nobody looks at are reported, others are not") {
  told log;
  {
    thread_pool pool(telling(log));
    { auto dropped = async(pool, [] { throw std::runtime_error("lost 1"); }); }
    { auto dropped = async(pool, [] {}).then([] { throw std::runtime_error("lost 2"); }); }
    { auto dropped = async(pool, [] { throw std::runtime_error("lost 3"); }).then([] {}); }
    { CHECK_THROWS(async(pool, [] { throw std::runtime_error("seen"); }).get()); }
    { (void)async(pool, [] { throw std::runtime_error("seen"); }).failure(); }
    {
      occupied first(pool), second(pool);
      (void)async(pool, [] { throw std::runtime_error("seen"); }).cancel();
    }
  }
  for (const char* const lost : {"lost 1", "lost 2", "lost 3"}) CHECK(contains(log.text(), lost));
  CHECK_FALSE(contains(log.text(), "seen"));
  CHECK_FALSE(contains(log.text(), "cancelled"));
}

TEST_CASE("a future may outlive its pool, and its failure is still reported") {
  told log;
  {
    future<void> kept;
    {
      thread_pool pool(telling(log));
      kept = async(pool, [] { throw std::runtime_error("late"); });
    }
    CHECK(kept.ready());
    CHECK_FALSE(contains(log.text(), "late"));
    auto more = std::move(kept).then([](future<void>) {});
    CHECK_THROWS_AS(more.get(), closed_error);
  }
}

TEST_CASE("work that has not begun can be cancelled") {
  thread_pool pool(1);
  std::atomic<bool> ran{false};
  future<void> cancelled;
  {
    const occupied worker(pool);
    cancelled = async(pool, [&] { ran = true; });
    CHECK(cancelled.cancel());
    CHECK_FALSE(cancelled.cancel());
    CHECK(cancelled.ready());
  }
  CHECK_THROWS_AS(cancelled.get(), cancelled_error);
  CHECK_FALSE(ran);
}

TEST_CASE("work that runs is asked to stop") {
  thread_pool pool(1);
  os::parker begun;
  auto running = async(pool, [&](std::stop_token stop) {
    begun.unpark();
    while (!stop.stop_requested()) std::this_thread::yield();
    return 5;
  });
  begun.park();
  CHECK_FALSE(running.cancel());
  CHECK(running.get() == 5);
}

TEST_CASE("a stop token from outside cancels, before and while the work runs") {
  thread_pool pool(1);
  std::stop_source stop;
  future<void> waiting;
  {
    const occupied worker(pool);
    waiting = async(pool, stop.get_token(), [] {});
    stop.request_stop();
    CHECK(waiting.ready());
  }
  CHECK_THROWS_AS(waiting.get(), cancelled_error);
  std::atomic<bool> ran{false};
  CHECK_THROWS_AS(async(pool, stop.get_token(), [&] { ran = true; }).get(), cancelled_error);
  CHECK_FALSE(ran);
}

TEST_CASE("a worker that waits runs what it waits for") {
  for (const unsigned threads : test::worker_counts) {
    CAPTURE(threads);
    thread_pool pool(threads);
    const auto down = [&](auto&& self, int depth) -> int {
      return depth == 0 ? 0 : async(pool, [&] { return self(self, depth - 1); }).get() + 1;
    };
    CHECK(pool.execute([&] { return down(down, 1000); }) == 1000);
    CHECK(async(pool, [&] { return down(down, 10); }).then([&](int x) { return down(down, 10) + x; }).get() == 20);
  }
}

TEST_CASE("a worker may wait for what only unrelated work can bring about") {
  thread_pool pool(1);
  promise<int> made;
  auto awaited = made.get_future();
  CHECK(pool.execute([&] {
    pool.submit([&] { made.set_value(9); }); // a spare thread runs it
    return awaited.get();
  }) == 9);
}

TEST_CASE("waiting for oneself is an error") {
  told log;
  thread_pool pool(telling(log, 1));
  os::parker handed;
  std::optional<future<void>> own;
  std::string said;
  own = async(pool, [&] {
    handed.park();
    said = refusal([&] { own->wait(); });
    CHECK(contains(refusal([&] { (void)own->wait_for(std::chrono::hours(1)); }), "its own result"));
  });
  handed.unpark();
  while (!own->ready()) std::this_thread::yield();
  CHECK(contains(said, "work waits for its own result"));
  CHECK_NOTHROW(own->get());

  std::optional<future<void>> after;
  after = async(pool, [&] {
            handed.park();
            said = refusal([&] { after->wait(); });
          }).then([] {}).then([] {});
  said.clear();
  handed.unpark();
  while (!after->ready()) std::this_thread::yield();
  CHECK(contains(said, "for one that depends on it"));
}

TEST_CASE("a promise is kept once") {
  promise<int> made;
  auto given = made.get_future();
  CHECK_THROWS_AS((void)made.get_future(), argument_error);
  CHECK(made.set_value(1));
  CHECK_THROWS_AS(made.set_value(2), argument_error);
  CHECK(given.get() == 1);
  future<int> orphan;
  { orphan = promise<int>().get_future(); }
  CHECK(contains(refusal([&] { orphan.get(); }), "dropped without a result"));
  told log;
  {
    promise<int> unseen(log.sink());
    unseen.set_exception(std::make_exception_ptr(std::runtime_error("unseen")));
  }
  CHECK(contains(log.text(), "a promise failed: unseen"));
  CHECK(make_ready_future(std::string("there")).get() == "there");
  CHECK(make_ready_future().ready());
}

TEST_CASE("when_all collects values in order") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    const auto [number, nothing, text] =
        when_all(async(pool, [] { return 1; }), async(pool, [] {}), async(pool, [] { return std::string("a"); })).get();
    CHECK(number == 1);
    CHECK(text == "a");
    std::vector<future<int>> many;
    for (int i = 0; i < 100; ++i) many.push_back(async(pool, [i] { return i; }));
    const std::vector<int> values = when_all(std::move(many)).get();
    REQUIRE(values.size() == 100);
    for (int i = 0; i < 100; ++i) CHECK(values[static_cast<std::size_t>(i)] == i);
    CHECK(when_all(std::vector<future<int>>()).get().empty());
    CHECK_NOTHROW(when_all(std::vector<future<void>>()).get());
    CHECK_NOTHROW(when_all().get());
  }
}

TEST_CASE("when_all and when_any nest to any depth") {
  promise<void> source;
  future<void> all = source.get_future();
  for (int i = 0; i < 100'000; ++i) {
    std::vector<future<void>> one;
    one.push_back(std::move(all));
    if (i % 2 == 0)
      all = when_all(std::move(one));
    else
      all = when_any(std::move(one)).then([](any_ready<void> first) { first.futures[0].get(); });
  }
  CHECK(source.set_value());
  CHECK_NOTHROW(all.get());
}

TEST_CASE("when_all keeps the first failure and attaches the others") {
  promise<int> first, second, third;
  auto all = when_all(first.get_future(), second.get_future(), third.get_future());
  second.set_exception(std::make_exception_ptr(broken{2}));
  first.set_exception(std::make_exception_ptr(broken{1}));
  CHECK_FALSE(all.ready());
  third.set_value(3);
  CHECK(all.further_failures().size() == 1);
  try {
    (void)all.get();
    FAIL("not thrown");
  } catch (const broken& what) {
    CHECK(what.code == 2);
  }
}

TEST_CASE("when_all cancelled cancels what it waits for") {
  promise<int> first;
  auto all = when_all(first.get_future());
  CHECK(all.cancel());
  CHECK_FALSE(first.set_value(1));
  CHECK_THROWS_AS((void)all.get(), cancelled_error);
}

TEST_CASE("when_any gives everything back with the first") {
  promise<int> first, second;
  std::vector<future<int>> both;
  both.push_back(first.get_future());
  both.push_back(second.get_future());
  auto any = when_any(std::move(both));
  CHECK_FALSE(any.ready());
  second.set_value(2);
  auto [index, futures] = any.get();
  CHECK(index == 1);
  CHECK(futures[1].get() == 2);
  CHECK_FALSE(futures[0].ready());
  first.set_value(1);
  CHECK(futures[0].get() == 1);
  CHECK_THROWS_AS((void)when_any(std::vector<future<int>>()), argument_error);
  both.clear();
  for (int i = 0; i < 3; ++i) both.push_back(make_ready_future(i)); // several are ready already
  promise<int> late;
  both.push_back(late.get_future());
  auto [which, all] = when_any(std::move(both)).get();
  CHECK(all[which].get() == static_cast<int>(which));
  late.set_value(3);
  CHECK(all[3].get() == 3);
}

TEST_CASE("coroutines await futures, and futures stand for coroutines") {
  for (const unsigned threads : test::worker_counts) {
    thread_pool pool(threads);
    const auto twice = [](thread_pool& on, int x) -> task<int> {
      co_await on;
      co_return co_await async(on, [x] { return x; }) * 2;
    };
    CHECK(sync_wait(twice(pool, 4)) == 8);
    CHECK(spawn(pool, twice(pool, 5)).get() == 10);
    CHECK(pool.execute([&] { return spawn(pool, twice(pool, 6)).get(); }) == 12);
    const auto fails = [](thread_pool& on) -> task<> { co_await async(on, [] { throw broken{1}; }); };
    CHECK_THROWS_AS(sync_wait(fails(pool)), broken);
    CHECK_THROWS_AS(spawn(pool, fails(pool)).get(), broken);
  }
}

TEST_CASE("a storm of futures loses and doubles nothing") {
  for (const unsigned threads : {1u, 2u, 8u}) {
    told log;
    std::atomic<long> ran{0}, cancelled{0};
    {
      thread_pool pool(telling(log, threads));
      std::vector<std::thread> submitters;
      for (int k = 0; k < 4; ++k)
        submitters.emplace_back([&, k] {
          for (int i = 0; i < 2000; ++i) {
            auto made = async(pool, [&] { ++ran; });
            if ((i + k) % 3 == 0 && made.cancel()) ++cancelled;
            else if ((i + k) % 3 == 1) made.get();
            else (void)std::move(made).then([&](future<void> ended) { ended.get(); });
          }
        });
      for (std::thread& one : submitters) one.join();
    }
    CHECK(ran + cancelled == 8000);
    CHECK(log.text().empty());
  }
}
