// SPDX-License-Identifier: Apache-2.0
// Buffers as the host sees them, between tasks.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>
#include <support/watchdog.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

constexpr const char* source = R"(
kernel void bump(global int* values) { values[get_global_id(0)] += 1; }
kernel void twice(const global int* from, global int* to) { to[get_global_id(0)] = 2 * from[get_global_id(0)]; }
)";

// Drivers that want to be called by one thread get a runtime without any.
bool one_thread() { return select_device().quirks().has(quirk_action::serialise_all_calls); }

/// A log that releases a view as soon as it is told of one: what would wait for ever goes on.
class rescuer {
 public:
  template <class T> void watch(host_view<T>& view) {
    release_ = [&view] { view.release(); };
  }
  void watch(std::function<void()> release) { release_ = std::move(release); }
  log_sink sink() {
    return log_sink([this](log_level level, std::string_view line) {
      if (!contains(line, "host view")) return;
      CHECK(level == log_level::warning);
      told_.emplace_back(line);
      if (release_) std::exchange(release_, nullptr)();
    });
  }
  [[nodiscard]] const std::vector<std::string>& told() const { return told_; }

 private:
  std::function<void()> release_;
  std::vector<std::string> told_;
};

} // namespace

TEST_CASE("a view shows what the tasks before it have left, and those after it see what it wrote") {
  for (const unsigned threads : {0u, 1u, 4u}) {
    CAPTURE(threads);
    const runtime rt({.threads = threads});
    const loaded_kernel bump = rt.build(source).kernel("bump");
    for (const std::size_t n : {1, 7, 1000, 4099}) {
      const buffer<int> x(rt, std::vector<int>(n, 3));
      rt.launch(bump, n, x);
      host_view<int> view = rt.view(inout(x)).get();
      REQUIRE(view.size() == n);
      CHECK(std::all_of(view.begin(), view.end(), [](int one) { return one == 4; }));
      CHECK(view.span().data() == view.data());
      std::iota(view.begin(), view.end(), 10);
      view[0] = -1;
      view.release();
      CHECK(view.empty());
      CHECK(view.span().empty());
      view.release(); // again does nothing
      rt.launch(bump, n, x);
      const std::vector<int> got = rt.read(x).get();
      for (std::size_t i = 0; i < n; ++i) REQUIRE(got[i] == (i == 0 ? 0 : static_cast<int>(i) + 11));
    }
  }
}

TEST_CASE("a view of what is only read is of const elements") {
  const runtime rt;
  const buffer<int> x(rt, std::vector<int>{1, 2, 3});
  const host_view<const int> view = rt.view(in(x)).get();
  static_assert(std::is_same_v<decltype(view[0]), const int&>);
  static_assert(std::is_same_v<host_view<const int>::value_type, int>);
  static_assert(!std::is_copy_constructible_v<host_view<int>> && std::is_nothrow_move_constructible_v<host_view<int>>);
  CHECK(std::vector<int>(view.begin(), view.end()) == std::vector<int>{1, 2, 3});
  const host_view<const int> another = rt.view(in(x.slice(1, 2))).get(); // readers share
  CHECK(another[0] == 2);
  CHECK(rt.read(x).get() == std::vector<int>{1, 2, 3});
}

TEST_CASE("tasks that conflict wait for the view, others do not") {
  const runtime rt({.threads = 2});
  const loaded_program program = rt.build(source);
  const loaded_kernel bump = program.kernel("bump"), twice = program.kernel("twice");
  const std::size_t part = std::max<std::size_t>(64, rt.devices()[0].info().base_address_align_bytes / sizeof(int));
  const buffer<int> x(rt, std::vector<int>(2 * part, 1)), y(rt, part);
  auto first = x.slice(0, part), second = x.slice(part, part);
  host_view<int> view = rt.view(inout(first)).get();
  auto writes = rt.launch(bump, part, first);
  auto reads = rt.launch(twice, part, first, y);
  rt.launch(bump, part, second).get();
  CHECK(rt.read(second).get() == std::vector<int>(part, 2));
  CHECK_FALSE(writes.ready());
  CHECK_FALSE(reads.ready());
  std::fill(view.begin(), view.end(), 20);
  { const host_view<int> gone = std::move(view); } // destroyed
  CHECK(rt.read(y).get() == std::vector<int>(part, 42));
  CHECK_NOTHROW(writes.get());
}

TEST_CASE("while a view only reads, others may read, and who writes waits") {
  const runtime rt({.threads = 2});
  const loaded_program program = rt.build(source);
  const buffer<int> x(rt, std::vector<int>(16, 4)), y(rt, 16);
  host_view<const int> view = rt.view(in(x)).get();
  rt.launch(program.kernel("twice"), 16, x, y);
  CHECK(rt.read(y).get() == std::vector<int>(16, 8));
  auto writes = rt.launch(program.kernel("bump"), 16, x);
  auto after_it = rt.read(x);
  CHECK_FALSE(writes.ready());
  CHECK(view[15] == 4);
  view.release();
  CHECK(after_it.get() == std::vector<int>(16, 5));
}

TEST_CASE("a view of what is to be written need not be brought") {
  const runtime rt;
  const buffer<int> x(rt, 3);
  host_view<int> view = rt.view(out(x)).get();
  std::iota(view.begin(), view.end(), 1);
  view = {}; // assigned to, it gives back what it had
  CHECK(rt.read(x).get() == std::vector<int>{1, 2, 3});
}

TEST_CASE("views move, between threads too") {
  const runtime rt({.threads = 1});
  const buffer<int> x(rt, std::vector<int>{1}), y(rt, std::vector<int>{2});
  host_view<int> a = rt.view(inout(x)).get(), b = rt.view(inout(y)).get();
  a[0] = 10;
  b = std::move(a); // y is given back
  CHECK(a.empty()); // NOLINT: that is what is tested
  CHECK(rt.read(y).get() == std::vector<int>{2});
  auto next = rt.read(x);
  std::thread([held = std::move(b)]() mutable {
    held[0] += 1;
    held.release();
  }).join();
  CHECK(next.get() == std::vector<int>{11});
}

TEST_CASE("a view waits for its data, in line with the tasks") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const runtime rt({.threads = 2});
  const buffer<int> x(rt, std::vector<int>{0});
  os::parker open;
  rt.host([&](std::span<int> all) { open.park(); all[0] = 1; }, inout(x));
  auto waiting = rt.view(inout(x));
  rt.host([](std::span<int> all) { all[0] *= 10; }, inout(x));
  auto last = rt.view(in(x));
  CHECK_FALSE(waiting.ready());
  open.unpark();
  host_view<int> view = waiting.get();
  CHECK(view[0] == 1);
  CHECK_FALSE(last.ready());
  view[0] = 2;
  view.release();
  CHECK(last.get()[0] == 20);
}

TEST_CASE("views continue and are awaited like any result") {
  const runtime rt({.threads = 2});
  const buffer<int> x(rt, std::vector<int>{1, 2, 3});
  CHECK(rt.view(in(x)).then([](host_view<const int> all) { return std::accumulate(all.begin(), all.end(), 0); }).get() == 6);
  const auto awaits = [&]() -> task<int> {
    host_view<int> view = co_await rt.view(inout(x));
    view[0] = 40;
    view.release();
    const std::vector<int> all = co_await rt.read(x);
    co_return all[0] + all[1];
  };
  CHECK(sync_wait(awaits()) == 42);
}

TEST_CASE("a future that is dropped with its view gives the memory back") {
  const runtime rt({.threads = 2});
  const buffer<int> x(rt, std::vector<int>{1});
  { auto dropped = rt.view(inout(x)); }
  {
    auto ready = rt.view(inout(x));
    ready.wait();
  }
  CHECK(rt.read(x).get() == std::vector<int>{1});
}

TEST_CASE("a view keeps the data of a buffer that goes") {
  const runtime rt({.threads = 1});
  std::optional<host_view<int>> view;
  {
    const buffer<int> x(rt, std::vector<int>(1000, 7));
    view = rt.view(inout(x)).get();
  }
  (*view)[999] += 1;
  CHECK(std::accumulate(view->begin(), view->end(), 0) == 7001);
}

TEST_CASE("data that are damaged cannot be viewed, until they are written") {
  const runtime rt({.threads = 1});
  const buffer<int> x(rt, std::vector<int>{1});
  (void)rt.host([](std::span<int>) -> void { throw std::runtime_error("out of ink"); }, inout(x)).failure();
  CHECK(contains(refusal([&] { (void)rt.view(in(x)).get(); }), "out of ink"));
  CHECK_THROWS_AS((void)rt.view(inout(x)).get(), dependency_error);
  rt.view(out(x)).get()[0] = 5;
  CHECK(rt.read(x).get() == std::vector<int>{5});
}

TEST_CASE("a view comes after others, when asked to, and is refused for other runtimes' memory") {
  const runtime rt({.threads = 1}), other({.threads = 1});
  const buffer<int> x(rt, std::vector<int>{1}), foreign(other, 1);
  auto failing = rt.host([]() -> void { throw std::runtime_error("out of ink"); });
  CHECK_THROWS_AS((void)rt.view(in(x), after(failing), priority::high).get(), dependency_error);
  CHECK_THROWS_AS(failing.get(), std::runtime_error);
  CHECK(refusal([&] { (void)rt.view(in(foreign)); }) == "the buffer belongs to another runtime");
  const buffer<int> nothing(rt, 0);
  CHECK(rt.view(in(nothing)).get().empty());
  CHECK(rt.shutdown(std::chrono::hours(1)) == 0);
  CHECK_THROWS_AS((void)rt.view(in(x)), closed_error);
}

TEST_CASE("a view that is cancelled keeps its turn") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const runtime rt({.threads = 2});
  const buffer<int> x(rt, std::vector<int>{1});
  host_view<int> held = rt.view(inout(x)).get();
  auto never = rt.view(inout(x));
  auto next = rt.view(in(x));
  CHECK(never.cancel());
  CHECK_FALSE(never.ready());
  held.release();
  CHECK_THROWS_AS((void)never.get(), cancelled_error);
  CHECK_THROWS_AS((void)next.get(), dependency_error); // what it would have written is damaged
  auto begun = rt.view(out(x));
  begun.wait();
  CHECK_FALSE(begun.cancel());
  begun.get()[0] = 3;
  CHECK(rt.read(x).get() == std::vector<int>{3});
}

TEST_CASE("a task that waits for a view of its own memory is told that it would wait for ever") {
  const runtime rt({.threads = 2});
  const buffer<int> x(rt, std::vector<int>{1});
  auto waits = rt.host([&](std::span<int>) { (void)rt.view(in(x)).get(); }, inout(x));
  CHECK_THROWS_AS(waits.get(), deadlock_error);
}

TEST_CASE("who waits for all tasks while it holds a view is told") {
  test::watchdog guard("flow.host_view");
  rescuer log;
  {
    const runtime rt({.threads = 2, .log = log.sink()});
    const buffer<int> x(rt, std::vector<int>(4, 1));
    SUBCASE("that it has taken") {
      host_view<int> view = rt.view(inout(x)).get();
      log.watch(view);
      rt.wait();
      CHECK(log.told().size() == 1);
    }
    SUBCASE("that lies in its future") {
      auto later = rt.view(inout(x));
      log.watch([&] { (void)later.get(); });
      rt.wait();
      CHECK(log.told().size() == 1);
    }
    SUBCASE("when the runtime is shut down") {
      host_view<int> view = rt.view(inout(x)).get();
      log.watch(view);
      CHECK(rt.shutdown(std::chrono::hours(1)) == 0);
      CHECK(log.told().size() == 1);
    }
  }
  REQUIRE(log.told().size() == 1);
  CHECK(contains(log.told()[0], "waits for all tasks of its runtime, and so for a host view of 4 int (inout), which it holds itself"));
  CHECK(contains(log.told()[0], "release or destroy the view before"));
}

TEST_CASE("who destroys a runtime while it holds a view is told") {
  test::watchdog guard("flow.host_view");
  rescuer log;
  host_view<const int> view;
  {
    const runtime rt({.threads = 1, .log = log.sink()});
    const buffer<int> x(rt, std::vector<int>(4, 1));
    view = rt.view(in(x)).get();
    log.watch(view);
  }
  CHECK(view.empty());
  REQUIRE(log.told().size() == 1);
  CHECK(contains(log.told()[0], "a host view of 4 int (in)"));
}

TEST_CASE("who waits for a task that comes after its own view is told, once for each view") {
  test::watchdog guard("flow.host_view");
  rescuer log;
  const runtime rt({.threads = 2, .log = log.sink()});
  const loaded_kernel bump = rt.build(source).kernel("bump");
  const buffer<int> x(rt, std::vector<int>(4, 1)), y(rt, std::vector<int>(4, 1));
  host_view<int> view = rt.view(inout(x)).get(), other = rt.view(inout(y)).get();
  log.watch(view);
  SUBCASE("a kernel") { rt.launch(bump, 4, x).get(); }
  SUBCASE("another view") { CHECK(rt.view(in(x)).get()[0] == 1); }
  SUBCASE("far away") {
    rt.launch(bump, 4, x);
    for (int i = 0; i < 100; ++i) rt.host([](std::span<int> all) { ++all[0]; }, inout(x));
    CHECK(rt.read(x).get() == std::vector<int>{102, 2, 2, 2});
  }
  CHECK(log.told().size() == 1); // not of the other, which is in nobody's way
  other.release();
}

TEST_CASE("nobody is told of views that others release") {
  test::watchdog guard("flow.host_view");
  rescuer log;
  {
    const runtime rt({.threads = 2, .log = log.sink()});
    const buffer<int> x(rt, std::vector<int>{0}), y(rt, std::vector<int>{0});
    for (int i = 0; i < 100; ++i) {
      auto counted = rt.view(inout(x)).then([](host_view<int> all) { ++all[0]; });
      host_view<int> mine = rt.view(inout(y)).get();
      std::thread other([&rt, &x, theirs = rt.view(inout(x)).get()]() mutable {
        host_view<int> taken = std::move(theirs);
        ++taken[0];
        taken.release();
        rt.host([](std::span<int> all) { ++all[0]; }, inout(x));
      });
      ++mine[0];
      mine.release();
      other.join();
      CHECK(rt.read(y).get()[0] == i + 1);
      rt.wait();
    }
    CHECK(rt.read(x).get() == std::vector<int>{300});
  }
  CHECK(log.told().empty());
}

TEST_CASE("a runtime waits for a view that another thread has") {
  if (one_thread()) CLOTHO_SKIP("a driver that several threads may call");
  test::watchdog guard("flow.host_view");
  rescuer log;
  for (int i = 0; i < 20; ++i) {
    std::vector<int> memory(16, 1);
    os::parker taken;
    auto rt = std::make_unique<runtime>(runtime_options{.threads = 2, .log = log.sink()});
    const loaded_kernel bump = rt->build(source).kernel("bump");
    const auto x = buffer<int>::over(*rt, memory);
    std::thread other([&rt, &x, &taken] {
      host_view<int> view = rt->view(inout(x)).get();
      taken.unpark();
      view[0] += 1;
      view.release();
    });
    taken.park();
    rt->launch(bump, 16, x);
    rt->host([](std::span<const int>) {}, in(x));
    rt.reset();
    other.join();
    CHECK(memory[0] == 3);
    CHECK(memory[15] == 2);
  }
  CHECK(log.told().empty());
}

TEST_CASE("a view outlives the end of the work") {
  const auto rt = std::make_unique<runtime>(runtime_options{.threads = 1});
  const buffer<int> x(*rt, std::vector<int>{1});
  host_view<int> view;
  std::thread([&] { view = rt->view(inout(x)).get(); }).join(); // so that nobody warns
  auto pending = rt->view(inout(x));
  CHECK(rt->shutdown(std::chrono::seconds(0)) == 2);
  view[0] = 2; // still ours
  auto again = view[0];
  view.release();
  CHECK(again == 2);
  CHECK_THROWS_AS((void)pending.get(), cancelled_error);
  CHECK(rt->shutdown(std::chrono::seconds(0)) == 0);
}
