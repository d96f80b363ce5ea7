// SPDX-License-Identifier: Apache-2.0
// Runtimes that go, whatever state they are in.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/flow/runtime.hpp>
#include <support/collected.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>
#include <support/storm.hpp>
#include <support/watchdog.hpp>

#include "several_devices.hpp"

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

constexpr const char* source = R"(
kernel void bump(global int* values) { values[get_global_id(0)] += 1; }
kernel void spin(global uint* out, const uint rounds) {
  uint x = (uint)get_global_id(0);
  for (uint i = 0; i < rounds; ++i) x = x * 1664525u + 1013904223u;
  out[get_global_id(0)] = x;
}
)";

// Their drivers want to be called by one thread only.
bool one_thread() { return select_device().quirks().has(quirk_action::serialise_all_calls); }

/// Destroys a runtime as a test says: in the thread that made it, or in another.
class ending {
 public:
  explicit ending(bool elsewhere) : elsewhere_(elsewhere) {}
  /// Returns when it has gone; meanwhile `during` is called.
  template <class F> void end(std::unique_ptr<runtime> rt, F during) const {
    if (elsewhere_) {
      std::thread other([&rt] { rt.reset(); });
      during();
      other.join();
    } else {
      std::thread other(during);
      rt.reset();
      other.join();
    }
  }
  void end(std::unique_ptr<runtime> rt) const {
    if (!elsewhere_) return rt.reset();
    std::thread([&rt] { rt.reset(); }).join();
  }

 private:
  bool elsewhere_;
};

// Both, where the driver allows it.
std::vector<ending> all_endings() {
  std::vector<ending> all{ending(false)};
  if (!one_thread()) all.emplace_back(true);
  return all;
}

std::unique_ptr<runtime> make(runtime_options options = {}) { return std::make_unique<runtime>(std::move(options)); }

} // namespace

TEST_CASE("a runtime goes that has nothing to do") {
  for (const ending& how : all_endings())
    for (const unsigned threads : {0u, 1u, 8u}) how.end(make({.threads = threads}));
}

TEST_CASE("a runtime goes while programs are built, and programs outlive it") {
  for (const ending& how : all_endings()) {
    std::vector<loaded_program> kept;
    std::vector<loaded_kernel> kernels;
    for (int i = 0; i < 3; ++i) {
      auto rt = make({.threads = 2});
      kept.push_back(rt->build(source));
      (void)rt->build(source, {.defines = {{"VARIANT", std::to_string(i)}}}); // nobody keeps it
      kernels.push_back(kept.back().kernel("bump"));
      how.end(std::move(rt));
    }
    for (const loaded_program& one : kept) {
      CHECK_NOTHROW(one.wait());
      CHECK(one.kernel("spin").name() == "spin");
    }
    CHECK(kernels[0].on(0).name() == "bump");
  }
}

TEST_CASE("what the compiler refused is told when a runtime has gone, or to the log") {
  test::collected log;
  std::optional<loaded_program> broken;
  std::optional<future<void>> launched;
  {
    const runtime rt({.threads = 1, .log = log.sink()});
    broken = rt.build("kernel void k(global int* x) { x[0] = nothing; }");
    const buffer<int> x(rt, 1);
    launched = rt.launch(broken->kernel("k"), 1, x);
  }
  CHECK_THROWS_AS(launched->get(), build_error);
  CHECK_THROWS_AS(broken->wait(), build_error);
  CHECK(log.text() == "");
}

TEST_CASE("a runtime finishes what is queued behind a task that takes long") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  test::watchdog guard("flow.runtime_end");
  for (const ending& how : all_endings()) {
    auto rt = make({.threads = 2});
    std::vector<int> memory(16, 1);
    os::parker open;
    std::vector<future<void>> kept;
    {
      const auto x = buffer<int>::over(*rt, memory);
      const loaded_kernel bump = rt->build(source).kernel("bump");
      rt->host([&](std::span<int>) { open.park(); }, inout(x));
      for (int i = 0; i < 100; ++i) {
        kept.push_back(rt->launch(bump, 16, x));
        rt->host([](std::span<int> all) { all[0] += 1; }, inout(x));
      }
      rt->host([](std::span<const int>) {}, in(x)); // brings it home
    }
    how.end(std::move(rt), [&] { open.unpark(); });
    CHECK(memory[0] == 201);
    CHECK(memory[15] == 101);
    for (future<void>& one : kept) {
      CHECK(one.ready());
      CHECK_NOTHROW(one.get());
    }
  }
}

TEST_CASE("a runtime goes while kernels run, whoever keeps their futures") {
  test::watchdog guard("flow.runtime_end");
  const bool interpreted = select_device().info().platform_name == "Oclgrind";
  const std::size_t n = interpreted ? 10 : 10'000;
  for (const ending& how : all_endings())
    for (const bool keeps : {false, true}) {
      auto rt = make({.threads = 2});
      const loaded_kernel spin = rt->build(source).kernel("spin");
      std::vector<future<void>> kept;
      std::vector<buffer<std::uint32_t>> outs;
      for (int i = 0; i < 8; ++i) {
        outs.emplace_back(*rt, n);
        future<void> one = rt->launch(spin, n, outs.back(), 100u);
        if (keeps) kept.push_back(std::move(one));
      }
      if (!keeps) outs.clear();
      how.end(std::move(rt));
      for (const future<void>& one : kept) CHECK(one.failure() == nullptr);
    }
}

TEST_CASE("a runtime goes while what runs is recorded") {
  test::watchdog guard("flow.runtime_end");
  const std::vector<device> devices = test::several_devices();
  for (int i = 0; i < (test::any_interprets(devices) ? 5 : 25); ++i) {
    guard.note("round " + std::to_string(i));
    auto rt = make({.device_list = devices, .threads = 2, .trace = std::make_shared<trace>([](std::string_view) {})});
    const loaded_program program = rt->build(source);
    const loaded_kernel bump = program.kernel("bump");
    rt->launch(bump, 8, buffer<int>(*rt, std::vector<int>(8, 1)));
    rt->launch(split(bump), 8, block(buffer<int>(*rt, std::vector<int>(8, 1))));
    const buffer<int> x(*rt, std::vector<int>(8, 1)), y(*rt, std::vector<int>(8, 1));
    const graph both = rt->record([&](recorder& r) {
      r.launch(bump, 8, x);
      r.launch(bump, 8, y);
      r.host([](std::span<int> a, std::span<const int> b) { a[0] += b[0]; }, inout(x), in(y));
    });
    both.run(3);
    rt->external([](completion done) { done.succeed(); });
    rt.reset();
  }
}

TEST_CASE("a runtime waits for work that another thread completes") {
  test::watchdog guard("flow.runtime_end");
  for (const ending& how : all_endings()) {
    auto rt = make({.threads = 2});
    std::optional<completion_of<int>> pending;
    os::parker begun;
    auto number = rt->external<int>([&](completion_of<int> done) {
      pending.emplace(std::move(done));
      begun.unpark();
    });
    auto next = rt->host([] { return 2; }, after(number));
    begun.park();
    how.end(std::move(rt), [&] { pending->succeed(1); });
    CHECK(number.get() == 1);
    CHECK(next.get() == 2);
  }
}

TEST_CASE("a runtime goes with graphs that never ran, and with some that run") {
  test::watchdog guard("flow.runtime_end");
  for (const ending& how : all_endings()) {
    auto rt = make({.threads = 2});
    const loaded_kernel bump = rt->build(source).kernel("bump");
    std::vector<int> memory(16, 0);
    std::optional<graph> kept;
    {
      const auto x = buffer<int>::over(*rt, memory);
      const auto write_down = [&](recorder& r) {
        r.launch(bump, 16, x);
        r.host([](std::span<int> all) { all[0] += 1; }, inout(x));
      };
      (void)rt->record(write_down); // never run
      kept = rt->record(write_down); // outlives it
      const graph runs = rt->record(write_down);
      for (int i = 0; i < 10; ++i) runs.run(5);
    }
    how.end(std::move(rt));
    CHECK(memory[0] == 100);
  }
}

TEST_CASE("a runtime goes while a graph fails") {
  test::collected log;
  {
    const runtime rt({.threads = 2, .log = log.sink()});
    const buffer<int> x(rt, std::vector<int>{0});
    const graph failing = rt.record([&](recorder& r) {
      r.host([](std::span<int> all) { if (++all[0] == 3) throw std::runtime_error("out of ink"); }, inout(x));
    });
    failing.run(5);
    failing.run(5);
  }
  CHECK(log.text().find("out of ink") != std::string::npos);
  CHECK(log.text().find("out of ink") == log.text().rfind("out of ink"));
}

TEST_CASE("a runtime goes while a split launch runs") {
  test::watchdog guard("flow.runtime_end");
  const std::vector<device> devices = test::several_devices();
  const std::size_t n = test::any_interprets(devices) ? 64 : 20'000;
  for (const ending& how : all_endings()) {
    auto rt = make({.device_list = devices, .threads = 3});
    const loaded_kernel spin = rt->build(source).kernel("spin");
    std::vector<std::uint32_t> memory(n);
    const auto out_of_it = buffer<std::uint32_t>::over(*rt, memory);
    auto running = rt->launch(split(spin), n, block(out_of_it), 50u);
    rt->host([](std::span<const std::uint32_t>) {}, in(out_of_it));
    how.end(std::move(rt));
    CHECK_NOTHROW(running.get());
    for (std::size_t i = 0; i < n; ++i) {
      auto x = static_cast<std::uint32_t>(i);
      for (int k = 0; k < 50; ++k) x = x * 1664525u + 1013904223u;
      REQUIRE(memory[i] == x);
    }
  }
}

TEST_CASE("a runtime goes after it was shut down at once") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  test::watchdog guard("flow.runtime_end");
  for (const ending& how : all_endings()) {
    auto rt = make({.threads = 2});
    const buffer<int> x(*rt, std::vector<int>{0});
    os::parker begun, open;
    auto runs = rt->host([&](std::span<int> all) { begun.unpark(), open.park(), all[0] = 1; }, inout(x));
    begun.park();
    std::vector<future<void>> queued;
    const loaded_kernel bump = rt->build(source).kernel("bump");
    const graph recorded = rt->record([&](recorder& r) { r.launch(bump, 1, x); });
    queued.push_back(rt->launch(bump, 1, x));
    queued.push_back(rt->launch(split(bump), 1, block(x)));
    queued.push_back(recorded.run(10));
    queued.push_back(rt->external([](completion done, std::span<int>) { done.succeed(); }, inout(x)));
    queued.push_back(rt->host([](std::span<int>) {}, inout(x)));
    CHECK(rt->shutdown(std::chrono::seconds(0)) == 6);
    CHECK_THROWS_AS(rt->launch(bump, 1, x), closed_error);
    CHECK_THROWS_AS(recorded.run(), closed_error);
    how.end(std::move(rt), [&] { open.unpark(); });
    CHECK_NOTHROW(runs.get());
    for (future<void>& one : queued) {
      REQUIRE(one.ready());
      CHECK_THROWS_AS(one.get(), cancelled_error);
    }
  }
}

TEST_CASE("futures outlive their runtime, and what tasks were made with does not") {
  auto rt = make({.threads = 2});
  const auto kept = std::make_shared<int>(7);
  auto number = rt->host([kept] { return *kept; });
  auto text = rt->host([kept] { return std::string(100, 'x'); });
  auto waits = rt->host([kept] { return *kept; });
  auto failing = rt->host([kept]() -> int { throw std::runtime_error("out of ink"); });
  rt.reset();
  CHECK(kept.use_count() == 1);
  CHECK(number.ready());
  CHECK(number.get() == 7);
  CHECK(text.wait_for(std::chrono::hours(1)));
  CHECK(text.get() == std::string(100, 'x'));
  CHECK_FALSE(waits.cancel());
  CHECK_THROWS_AS(std::move(waits).then([](int n) { return n; }).get(), closed_error); // nobody runs it any more
  CHECK_THROWS_AS(failing.get(), std::runtime_error);
}

TEST_CASE("threads wait for results while their runtime goes") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  test::watchdog guard("flow.runtime_end");
  for (int i = 0; i < 50; ++i) {
    auto rt = make({.threads = 2});
    const buffer<int> x(*rt, std::vector<int>{0});
    os::parker open;
    rt->host([&](std::span<int>) { open.park(); }, inout(x));
    auto result = rt->host([](std::span<int> all) { return ++all[0]; }, inout(x));
    auto viewed = rt->view(in(x)).then([](host_view<const int> all) { return all[0]; });
    std::thread waits([&] { CHECK(result.get() == 1); }), views([&] { CHECK(viewed.get() == 1); });
    open.unpark();
    rt.reset();
    waits.join();
    views.join();
  }
}

TEST_CASE("a failure that nobody looks at is told once, also when its future outlives the runtime") {
  test::collected log;
  {
    std::optional<future<void>> outlives;
    {
      const runtime rt({.threads = 1, .log = log.sink()});
      outlives = rt.host([]() -> void { throw std::runtime_error("out of ink"); });
      rt.host([]() -> void { throw std::runtime_error("out of paper"); });
    }
    CHECK(contains(log.text(), "out of paper"));
    CHECK_FALSE(contains(log.text(), "out of ink")); // somebody may still look
  }
  CHECK(contains(log.text(), "out of ink"));
  CHECK(log.text().find("out of ink") == log.text().rfind("out of ink"));
}

TEST_CASE("buffers and kernels outlive their runtime, and others refuse them") {
  std::optional<buffer<int>> damaged, on_device;
  std::optional<loaded_kernel> bump;
  std::optional<future<void>> launched;
  {
    auto rt = make({.threads = 1});
    bump = rt->build(source).kernel("bump");
    on_device.emplace(*rt, std::vector<int>(8, 1));
    damaged.emplace(*rt, std::vector<int>(8, 1));
    launched = rt->launch(*bump, 8, *on_device);
    (void)rt->host([](std::span<int>) -> void { throw std::runtime_error("out of ink"); }, inout(*damaged)).failure();
  }
  damaged->reset();
  CHECK(on_device->size() == 8);
  CHECK(on_device->slice(2, 3).size() == 3);
  // Several, as one of them may well lie where the first was.
  for (int i = 0; i < 10; ++i) {
    const auto rt = make({.threads = 1});
    const buffer<int> own(*rt, std::vector<int>(8, 1));
    const loaded_kernel own_bump = rt->build(source).kernel("bump");
    CHECK(refusal([&] { (void)rt->read(*on_device); }) == "the buffer belongs to another runtime");
    CHECK(refusal([&] { rt->launch(own_bump, 8, *on_device); }) == "the buffer belongs to another runtime");
    CHECK(contains(refusal([&] { rt->launch(*bump, 8, own); }), "kernel 'bump' was built by another runtime"));
    CHECK(contains(refusal([&] { rt->launch(split(*bump), 8, block(own)); }), "kernel 'bump' was built by another runtime"));
    CHECK(contains(refusal([&] { (void)rt->record([&](recorder& r) { r.launch(*bump, 8, own); }); }),
                   "kernel 'bump' was built by another runtime"));
    rt->launch(own_bump, 8, own);
    CHECK(rt->read(own).get() == std::vector<int>(8, 2));
  }
  launched->get();
}

TEST_CASE("a runtime that runs on the application's pool leaves it as it was") {
  if (one_thread()) CLOTHO_SKIP("a driver that several threads may call");
  test::watchdog guard("flow.runtime_end");
  thread_pool mine(2);
  for (int i = 0; i < 20; ++i) {
    guard.note("round " + std::to_string(i));
    auto rt = make({.on = &mine});
    const buffer<int> x(*rt, std::vector<int>(8, 1));
    const loaded_program program = rt->build(source);
    for (int k = 0; k < 10; ++k) {
      rt->launch(program.kernel("bump"), 8, x);
      rt->host([](std::span<int> all) { ++all[0]; }, inout(x));
    }
    rt.reset();
  }
  CHECK(async(mine, [] { return 3; }).get() == 3);
}

TEST_CASE("tasks that submit more keep their runtime until all have ended") {
  test::watchdog guard("flow.runtime_end");
  for (const ending& how : all_endings()) {
    std::atomic<int> ran{0};
    auto rt = make({.threads = 2, .max_in_flight = 4});
    const buffer<int> x(*rt, std::vector<int>{0});
    const std::function<void(int)> submit = [&, on = rt.get()](int depth) {
      ++ran;
      for (int i = 0; depth > 0 && i < 2; ++i) on->host([&submit, depth] { submit(depth - 1); });
    };
    rt->host([&submit] { submit(8); });
    how.end(std::move(rt));
    CHECK(ran == 511);
  }
}
