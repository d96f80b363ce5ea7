// SPDX-License-Identifier: Apache-2.0
// Many threads that submit to one runtime at once.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/sched/gather.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <support/skip.hpp>
#include <support/storm.hpp>
#include <support/watchdog.hpp>

using namespace clotho;
using word = std::uint32_t;
using words = std::vector<word>;

namespace {

constexpr std::size_t submitters = 8;

constexpr const char* source = R"(
kernel void add(global uint* values, const uint what) { values[get_global_id(0)] += what; }
kernel void stir(global uint* values, const uint what) {
  const size_t i = get_global_id(0);
  values[i] = values[i] * 1664525u + what;
}
)";

// Their drivers want to be called by one thread only.
bool one_thread() { return select_device().quirks().has(quirk_action::serialise_all_calls); }

word stirred(word value, word what) { return value * 1664525u + what; }

// Bounds that are met: fewer than there are submitters, as many, and some more.
constexpr std::size_t bounds[] = {1, 3, submitters, 50};

void submit_together(const std::function<void(std::size_t)>& body) {
  std::vector<std::function<void()>> bodies;
  for (std::size_t who = 0; who < submitters; ++who) bodies.emplace_back([&body, who] { body(who); });
  test::run_together(std::move(bodies));
}

/// What all submitters use, and what each has for itself.
class shared_work {
 public:
  shared_work(const runtime& rt, std::size_t part)
      : rt_(rt),
        add_(rt.build(source).kernel("add")),
        stir_(rt.build(source).kernel("stir")),
        part_(part),
        sums_(rt, words(part, 1)),
        left_(rt, words{0}),
        right_(rt, words{0}),
        parts_(rt, words(submitters * part, 5)) {
    for (std::size_t who = 0; who < submitters; ++who) own_.emplace_back(rt, words(part, static_cast<word>(who)));
  }

  /// Sums come out the same in any order; parts and own buffers see one thread's tasks, in its order; left and right
  /// change together, so that nobody may see them differ.
  void submit(std::size_t who, word round) {
    const word what = static_cast<word>(who) * 100'000 + round;
    const auto mine = parts_.slice(who * part_, part_);
    const auto stir_all = [what](std::span<word> all) { for (word& one : all) one = stirred(one, what); };
    rt_.launch(add_, part_, sums_, what);
    rt_.host([what](std::span<word> all) { for (word& one : all) one += what; }, inout(sums_));
    rt_.launch(stir_, part_, mine, what);
    rt_.host(stir_all, inout(mine));
    rt_.launch(stir_, part_, own_[who], what);
    rt_.host([what](std::span<word> a, std::span<word> b) { a[0] += what, b[0] += what; }, inout(left_), inout(right_));
    rt_.host([this](std::span<const word> a, std::span<const word> b) { torn_ += a[0] != b[0]; }, in(left_), in(right_));
  }

  void check(word rounds) {
    word sum = 0;
    for (std::size_t who = 0; who < submitters; ++who)
      for (word round = 0; round < rounds; ++round) sum += static_cast<word>(who) * 100'000 + round;
    CHECK(rt_.read(sums_).get() == words(part_, 1 + 2 * sum));
    CHECK(rt_.read(left_).get() == words{sum});
    CHECK(rt_.read(right_).get() == words{sum});
    CHECK(torn_ == 0);
    const words parts = rt_.read(parts_).get();
    for (std::size_t who = 0; who < submitters; ++who) {
      word part = 5, own = static_cast<word>(who);
      for (word round = 0; round < rounds; ++round) {
        const word what = static_cast<word>(who) * 100'000 + round;
        part = stirred(stirred(part, what), what);
        own = stirred(own, what);
      }
      CHECK(words(parts.begin() + static_cast<std::ptrdiff_t>(who * part_),
                  parts.begin() + static_cast<std::ptrdiff_t>((who + 1) * part_)) == words(part_, part));
      CHECK(rt_.read(own_[who]).get() == words(part_, own));
    }
  }

 private:
  const runtime& rt_;
  const loaded_kernel add_, stir_;
  const std::size_t part_;
  const buffer<word> sums_, left_, right_, parts_;
  std::vector<buffer<word>> own_;
  std::atomic<int> torn_{0};
};

} // namespace

TEST_CASE("eight threads share buffers, parts of buffers, kernels and host tasks") {
  if (one_thread()) CLOTHO_SKIP("a driver that several threads may call");
  test::watchdog guard("flow.submitters");
  constexpr word rounds = 60 / (test::storm_divisor > 1 ? 4 : 1);
  for (const std::size_t bound : bounds) {
    CAPTURE(bound);
    guard.note("max_in_flight " + std::to_string(bound));
    const runtime rt({.threads = 4, .max_in_flight = bound});
    const std::size_t aligned = std::max<std::size_t>(64, rt.devices()[0].info().base_address_align_bytes / sizeof(word));
    shared_work work(rt, aligned);
    submit_together([&](std::size_t who) {
      for (word round = 0; round < rounds; ++round) work.submit(who, round);
    });
    work.check(rounds);
  }
}

TEST_CASE("who waits for room gets it, however many wait") {
  test::watchdog guard("flow.submitters");
  constexpr std::size_t rounds = 2'000 / test::storm_divisor;
  for (const unsigned threads : {0u, 1u, 4u})
    for (const std::size_t bound : bounds) {
      CAPTURE(threads);
      CAPTURE(bound);
      guard.note(std::to_string(threads) + " threads, max_in_flight " + std::to_string(bound));
      const runtime rt({.threads = threads, .max_in_flight = bound});
      const buffer<std::size_t> all(rt, std::vector<std::size_t>{0}), each(rt, std::vector<std::size_t>(submitters, 0));
      submit_together([&](std::size_t who) {
        for (std::size_t i = 0; i < rounds; ++i) {
          rt.host([](std::span<std::size_t> count) { ++count[0]; }, inout(all));
          rt.host([](std::span<std::size_t> count) { ++count[0]; }, inout(each.slice(who, 1)));
        }
      });
      CHECK(rt.read(all).get() == std::vector<std::size_t>{submitters * rounds});
      CHECK(rt.read(each).get() == std::vector<std::size_t>(submitters, rounds));
    }
}

TEST_CASE("no more tasks are under way than was said") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  test::watchdog guard("flow.submitters");
  for (const std::size_t bound : bounds) {
    CAPTURE(bound);
    const runtime rt({.threads = 2, .max_in_flight = bound});
    const buffer<int> x(rt, std::vector<int>{0});
    os::parker open;
    std::atomic<long> submitted{0}, ended{0}, most{0};
    submitted = 1;
    rt.host([&](std::span<int>) { open.park(), ++ended; }, inout(x));
    submit_together([&](std::size_t who) {
      for (int i = 0; i < 100; ++i) {
        if (who == 0 && i == 0) open.unpark();
        rt.host([&](std::span<int>) { ++ended; }, inout(x));
        const long under_way = ++submitted - ended; // those that end meanwhile make it less
        long seen = most;
        while (seen < under_way && !most.compare_exchange_weak(seen, under_way)) {
        }
      }
    });
    rt.wait();
    CHECK(most <= static_cast<long>(bound));
  }
}

TEST_CASE("what continues from a task may submit when there is no room") {
  test::watchdog guard("flow.submitters");
  thread_pool_options without_spares; // a worker that blocks is one less
  without_spares.threads = one_thread() ? 0 : 2;
  without_spares.spares = 0;
  thread_pool pool(without_spares);
  for (const std::size_t bound : bounds) {
    CAPTURE(bound);
    guard.note("max_in_flight " + std::to_string(bound));
    const runtime rt({.on = &pool, .max_in_flight = bound});
    const buffer<int> x(rt, std::vector<int>{0});
    std::vector<future<void>> chained;
    constexpr int tasks = 2'000 / static_cast<int>(test::storm_divisor);
    for (int i = 0; i < tasks; ++i)
      chained.push_back(rt.host([](std::span<int> all) { ++all[0]; }, inout(x)).then([&] {
        rt.host([](std::span<int> all) { ++all[0]; }, inout(x));
      }));
    for (future<void>& one : chained) one.get();
    CHECK(rt.read(x).get() == std::vector<int>{2 * tasks});
  }
}

TEST_CASE("what goes on right where a task ended may submit when there is no room") {
  test::watchdog guard("flow.submitters");
  for (const unsigned threads : {0u, 2u})
    for (const std::size_t bound : bounds) {
      CAPTURE(threads);
      CAPTURE(bound);
      guard.note(std::to_string(threads) + " threads, max_in_flight " + std::to_string(bound));
      const runtime rt({.threads = threads, .max_in_flight = bound});
      const loaded_kernel add = rt.build(source).kernel("add");
      const buffer<word> x(rt, words(8, 0)), y(rt, words(8, 0));
      const auto many = [&](const buffer<word>& mine) -> task<int> { // it has no executor: each end resumes it
        for (int i = 0; i < 50; ++i) {
          co_await rt.launch(add, 8, mine, 1u);
          co_await rt.host([](std::span<word> all) { all[0] += 1; }, inout(mine));
        }
        co_return 50;
      };
      CHECK(sync_wait(gather(many(x), many(y))) == std::tuple(50, 50));
      CHECK(rt.read(x.slice(0, 2)).get() == words{100, 50});
      CHECK(rt.read(y.slice(0, 2)).get() == words{100, 50});
    }
}

TEST_CASE("what goes on right where a task ended cannot wait for all tasks, which that one still is") {
  const runtime rt({.threads = 0});
  std::optional<completion> pending;
  auto waits = rt.external([&](completion done) { pending.emplace(std::move(done)); }).then([&] { rt.wait(); });
  pending->succeed();
  CHECK_THROWS_AS(waits.get(), deadlock_error);
}

TEST_CASE("submitters that wait for room are turned away when the runtime is shut down") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  test::watchdog guard("flow.submitters");
  for (const std::size_t bound : bounds) {
    CAPTURE(bound);
    guard.note("max_in_flight " + std::to_string(bound));
    const runtime rt({.threads = 2, .max_in_flight = bound});
    const buffer<int> x(rt, std::vector<int>{0});
    os::parker begun, open;
    std::atomic<std::size_t> refused{0};
    auto first = rt.host([&](std::span<int>) { begun.unpark(), open.park(); }, inout(x));
    begun.park();
    std::vector<std::function<void()>> bodies(submitters, [&] {
      try {
        for (;;) rt.host([](std::span<int>) {}, inout(x));
      } catch (const closed_error&) {
        ++refused;
      }
    });
    bodies.emplace_back([&] {
      CHECK(rt.shutdown(std::chrono::seconds(0)) >= 1); // the one that runs
      open.unpark();
    });
    test::run_together(std::move(bodies));
    CHECK(refused == submitters);
    CHECK_NOTHROW(first.get());
    CHECK(rt.shutdown(std::chrono::hours(1)) == 0);
  }
}

TEST_CASE("threads wait for all tasks while others submit") {
  test::watchdog guard("flow.submitters");
  constexpr int rounds = 200;
  const runtime rt({.threads = 2, .max_in_flight = 5});
  const buffer<int> x(rt, std::vector<int>(submitters, 0));
  submit_together([&](std::size_t who) {
    for (int i = 1; i <= rounds; ++i) {
      int seen = 0;
      rt.host([&seen](std::span<int> mine) { seen = ++mine[0]; }, inout(x.slice(who, 1)));
      rt.wait(); // at least ours has ended
      REQUIRE(seen == i);
    }
  });
  CHECK(rt.read(x).get() == std::vector<int>(submitters, rounds));
}

TEST_CASE("programs are built, and their kernels launched, by eight threads at once") {
  if (one_thread()) CLOTHO_SKIP("a driver that several threads may call");
  const runtime rt({.threads = 2});
  const loaded_program shared = rt.build(source);
  submit_together([&](std::size_t who) {
    const loaded_program own = rt.build(source, {.defines = {{"WHO", std::to_string(who)}}});
    const buffer<word> x(rt, words(100, 1));
    rt.launch(shared.kernel("add"), 100, x, 2u);
    rt.launch(own.kernel("stir"), 100, x, static_cast<word>(who));
    CHECK(rt.read(x).get() == words(100, stirred(3, static_cast<word>(who))));
  });
}

TEST_CASE("a graph is run by eight threads at once") {
  if (one_thread()) CLOTHO_SKIP("a driver that several threads may call");
  test::watchdog guard("flow.submitters");
  for (const std::size_t bound : bounds) {
    CAPTURE(bound);
    const runtime rt({.threads = 4, .max_in_flight = bound});
    const loaded_kernel add = rt.build(source).kernel("add");
    const buffer<word> x(rt, words(100, 0));
    const graph twice = rt.record([&](recorder& r) {
      r.launch(add, 100, x, 1u);
      r.host([](std::span<word> all) { for (word& one : all) one += 2; }, inout(x));
    });
    submit_together([&](std::size_t) {
      for (int i = 0; i < 10; ++i) twice.run(3);
    });
    CHECK(rt.read(x).get() == words(100, submitters * 10 * 3 * 3));
  }
}
