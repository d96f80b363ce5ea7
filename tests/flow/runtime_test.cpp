// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/parker.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/sched/promise.hpp>
#include <support/collected.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

constexpr const char* source = R"(
kernel void saxpy(const float a, global const float* x, global float* y) {
  const size_t i = get_global_id(0);
  y[i] = a * x[i] + y[i];
}
kernel void iota(global int* out, const int first) { out[get_global_id(0)] = first + (int)get_global_id(0); }
kernel void bump(global int* values) { values[get_global_id(0)] += 1; }
)";

std::vector<float> counted(std::size_t n) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

// Drivers that want to be called by one thread get a runtime without any.
bool one_thread() { return select_device().quirks().has(quirk_action::serialise_all_calls); }

// One of the pool's threads, which does nothing else until it is released. It waits unknown to the pool, which would
// put a spare thread in its place.
class busy_thread {
 public:
  explicit busy_thread(const runtime& rt) {
    rt.host([this, until = released_.get_future().share()] {
      running_.set_value();
      until.wait();
    });
    running_.get_future().get();
  }
  void release() { released_.set_value(); }

 private:
  std::promise<void> running_, released_;
};

} // namespace

TEST_CASE("kernels and host work share data in the order of submission") {
  for (const unsigned threads : {0u, 1u, 2u, 8u}) {
    CAPTURE(threads);
    const runtime rt({.threads = threads});
    const loaded_kernel saxpy = rt.build(source).kernel("saxpy");
    for (const std::size_t n : {1, 7, 1000, 4099}) {
      const buffer<float> x(rt, counted(n)), y(rt, std::vector<float>(n, 1.0f));
      rt.launch(saxpy, n, 2.0f, x, y);
      rt.host([](std::span<float> all) { all[0] = -1; }, inout(y));
      rt.launch(saxpy, n, 1.0f, x, y);
      const std::vector<float> got = rt.read(y).get();
      for (std::size_t i = 0; i < n; ++i) REQUIRE(got[i] == (i == 0 ? -1.0f : 3.0f * static_cast<float>(i) + 1.0f));
    }
  }
}

TEST_CASE("a buffer is filled, copied, written and read") {
  const runtime rt;
  const buffer<int> a(rt, 100), b(rt, 100);
  rt.fill(a, 7);
  rt.fill(a.slice(10, 5), 9);
  rt.copy(a, b);
  rt.fill(a, 0);
  std::vector<int> got(100);
  rt.read(b, std::span(got)).get();
  for (std::size_t i = 0; i < 100; ++i) CHECK(got[i] == (i >= 10 && i < 15 ? 9 : 7));
  const std::vector<int> next(100, 3);
  rt.write(b, next).get();
  CHECK(rt.read(b.slice(98, 2)).get() == std::vector<int>{3, 3});
  CHECK_THROWS_AS(rt.copy(a.slice(0, 3), b), argument_error);
  CHECK_THROWS_AS((void)a.slice(99, 2), argument_error);
}

TEST_CASE("the application's memory is used as it is") {
  const runtime rt;
  std::vector<int> mine(1000, 1);
  {
    const auto bump = rt.build(source).kernel("bump");
    const auto shared = buffer<int>::over(rt, mine);
    rt.launch(bump, 1000, shared);
    rt.host([](std::span<const int>) {}, in(shared)).get(); // now the data are there
  }
  CHECK(mine == std::vector<int>(1000, 2));
}

TEST_CASE("what does not conflict runs at once, what does waits") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const runtime rt({.threads = 2});
  const buffer<int> a(rt, 2), b(rt, 1);
  os::parker first, second;
  // Each waits for the other: a part and another part, and two that only read.
  rt.host([&](std::span<int>) { first.unpark(); second.park(); }, out(a.slice(0, 1)));
  rt.host([&](std::span<int>) { second.unpark(); first.park(); }, out(a.slice(1, 1)));
  rt.wait(); // two at once have both threads: a third would not begin
  rt.host([&](std::span<const int>) { first.unpark(); second.park(); }, in(b));
  rt.host([&](std::span<const int>) { second.unpark(); first.park(); }, in(b));
  rt.wait();
  int order = 0;
  for (int i = 0; i < 100; ++i)
    rt.host([&order, i](std::span<int>) { order = order == i ? i + 1 : -1; }, inout(b));
  rt.wait();
  CHECK(order == 100);
}

TEST_CASE("a failure damages what the task would have written") {
  test::collected log;
  const runtime rt({.threads = 2, .log = log.sink()});
  buffer<int> a(rt, std::vector<int>{1, 2}), b(rt, std::vector<int>{3, 4}), c(rt, 2);
  const auto fails = [](std::span<int>) -> void { throw std::runtime_error("out of ink"); };
  CHECK_THROWS_AS(rt.host(fails, inout(a)).get(), std::runtime_error);
  rt.host([](std::span<const int> from, std::span<int> to) { std::copy(from.begin(), from.end(), to.begin()); }, in(a), out(c));
  const std::string said = refusal([&] { (void)rt.read(c).get(); });
  CHECK(contains(said, "out of ink"));
  CHECK(contains(said, "write all of it"));
  try {
    (void)rt.read(a).get();
    FAIL("damaged data were read");
  } catch (const dependency_error& thrown) {
    CHECK_THROWS_AS(std::rethrow_exception(thrown.cause()), std::runtime_error);
  }
  CHECK(rt.read(b).get() == std::vector<int>{3, 4});
  SUBCASE("until it is written") {
    rt.fill(a, 5);
    CHECK(rt.read(a).get() == std::vector<int>{5, 5});
  }
  SUBCASE("in parts") {
    rt.fill(a.slice(0, 1), 5);
    CHECK(rt.read(a.slice(0, 1)).get() == std::vector<int>{5});
    CHECK_THROWS_AS((void)rt.read(a).get(), dependency_error);
  }
  SUBCASE("until it is reset") {
    rt.wait();
    a.reset();
    CHECK_NOTHROW((void)rt.read(a).get());
  }
  CHECK(log.text() == ""); // all of it was seen
}

TEST_CASE("a failure that nobody looks at is told once") {
  test::collected log;
  {
    const runtime rt({.threads = 1, .log = log.sink()});
    const buffer<int> a(rt, 1);
    rt.host([](std::span<int>) -> void { throw std::runtime_error("out of ink"); }, out(a));
    for (int i = 0; i < 3; ++i) rt.host([](std::span<int>) {}, inout(a));
  }
  CHECK(contains(log.text(), "out of ink"));
  CHECK(log.text().find("out of ink") == log.text().rfind("out of ink"));
}

TEST_CASE("explicit order, and its failures") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const runtime rt({.threads = 2});
  os::parker open;
  bool ran = false;
  auto first = rt.host([&] { open.park(); ran = true; });
  auto second = rt.host([&] { return ran; }, after(first));
  open.unpark();
  CHECK(second.get());
  auto failing = rt.host([]() -> void { throw std::runtime_error("no"); });
  CHECK_THROWS_AS(rt.host([] {}, after(failing)).get(), dependency_error);
  CHECK_THROWS_AS(failing.get(), std::runtime_error);
  const runtime other;
  CHECK_THROWS_AS(other.host([] {}, after(first)), argument_error);
  const buffer<int> foreign(other, 1);
  CHECK_THROWS_AS(rt.fill(foreign, 1), argument_error);
}

TEST_CASE("a task that was cancelled keeps its turn") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const runtime rt({.threads = 2});
  const buffer<int> a(rt, std::vector<int>{1});
  os::parker open;
  auto first = rt.host([&](std::span<int> all) { open.park(); all[0] = 2; }, inout(a));
  auto second = rt.host([](std::span<int> all) { all[0] = 3; }, inout(a));
  CHECK(second.cancel());
  CHECK_FALSE(second.ready());
  auto third = rt.read(a);
  open.unpark();
  CHECK_THROWS_AS(second.get(), cancelled_error);
  CHECK_THROWS_AS((void)third.get(), dependency_error);
  CHECK_NOTHROW(first.get());
}

TEST_CASE("arguments that do not fit are refused at once") {
  const runtime rt;
  const loaded_program program = rt.build(source);
  const loaded_kernel saxpy = program.kernel("saxpy");
  const buffer<float> x(rt, 4), y(rt, 4);
  const buffer<int> wrong(rt, 4);
  CHECK(contains(refusal([&] { rt.launch(saxpy, 4, 2.0f, x); }), "'y' is missing"));
  CHECK(contains(refusal([&] { rt.launch(saxpy, 4, 2.0f, x, wrong); }), "cannot be a buffer of int"));
  CHECK(contains(refusal([&] { rt.launch(saxpy, 4, x, x, y); }), "cannot be a buffer"));
  CHECK(contains(refusal([&] { rt.launch(saxpy, 4, arg("x", x), arg("z", y), arg("a", 1.0f)); }), "none of them called 'z'"));
  const context other(select_device());
  CHECK(contains(refusal([&] { rt.launch(saxpy, 4, 2.0f, device_buffer(other, 16), y); }), "pass a clotho::buffer"));
  CHECK(contains(refusal([&] { (void)program.kernel("saxpi"); }), "saxpy"));
  CHECK(contains(refusal([&] { (void)saxpy.on(1); }), "there is no device 1"));
  rt.fill(x, 1.0f);
  rt.fill(y, 2.0f);
  rt.launch(saxpy, 4, arg("y", inout(y)), arg("x", x), arg("a", 3.0f)).get();
  CHECK(rt.read(y).get() == std::vector<float>(4, 5.0f));
  CHECK_THROWS_AS(rt.launch(saxpy, 4, nullptr, x, y).get(), argument_error); // what only the device knows
}

TEST_CASE("kernels that are large enough to be cut come out the same") {
  const runtime rt({.threads = 4});
  const loaded_program program = rt.build(R"(
    kernel void spin(global uint* out, const uint rounds) {
      uint x = (uint)get_global_id(0);
      for (uint i = 0; i < rounds; ++i) x = x * 1664525u + 1013904223u;
      out[get_global_id(0)] = x;
    }
    kernel void groups(global uint* out) { out[get_global_id(0)] = (uint)(get_group_id(0) * 1000 + get_local_id(0)); })");
  const loaded_kernel spin = program.kernel("spin"), groups = program.kernel("groups");
  const bool interpreted = rt.devices()[0].info().platform_name == "Oclgrind";
  const std::size_t n = interpreted ? 640 : 64'000;
  const std::uint32_t rounds = interpreted ? 3 : 500;
  const buffer<std::uint32_t> out(rt, n);
  for (int round = 0; round < 5; ++round) { // it learns how long they take
    rt.fill(out, 0u);
    rt.launch(spin, n, out, rounds);
    const std::vector<std::uint32_t> spun = rt.read(out).get();
    rt.launch(groups, nd_range(n).local(16), out);
    const std::vector<std::uint32_t> grouped = rt.read(out).get();
    for (std::size_t i = 0; i < n; ++i) {
      auto x = static_cast<std::uint32_t>(i);
      for (std::uint32_t k = 0; k < rounds; ++k) x = x * 1664525u + 1013904223u;
      REQUIRE(spun[i] == x);
      REQUIRE(grouped[i] == i / 16 * 1000 + i % 16);
    }
  }
}

TEST_CASE("what the compiler refuses comes through the future") {
  const runtime rt;
  const loaded_program broken = rt.build("kernel void k(global int* x) { x[0] = nothing; }");
  const buffer<int> x(rt, std::vector<int>{1});
  CHECK_THROWS_AS(rt.launch(broken.kernel("k"), 1, x).get(), build_error);
  CHECK_THROWS_AS(broken.wait(), build_error);
  CHECK_THROWS_AS((void)rt.read(x).get(), dependency_error);
}

TEST_CASE("a submitter waits when too many tasks are under way") {
  const runtime rt({.threads = 2, .max_in_flight = 10});
  const buffer<int> a(rt, std::vector<int>{0});
  for (int i = 0; i < 10'000; ++i) rt.host([](std::span<int> all) { ++all[0]; }, inout(a));
  CHECK(rt.read(a).get() == std::vector<int>{10'000});
  // Inside a task nobody waits: it may be what the others wait for.
  rt.host([&](std::span<int>) {
    for (int i = 0; i < 100; ++i) rt.host([](std::span<int> all) { ++all[0]; }, inout(a));
  }, inout(a));
  CHECK_THROWS_AS(rt.host([&] { rt.wait(); }).get(), deadlock_error);
  rt.wait();
  CHECK(rt.read(a).get() == std::vector<int>{10'100});
}

TEST_CASE("a runtime may end while it builds, and a buffer may be of nothing") {
  for (int i = 0; i < 4; ++i) {
    const runtime rt;
    (void)rt.build(source);
  }
  const runtime rt;
  const buffer<int> nothing(rt, std::vector<int>{});
  CHECK(rt.read(nothing).get().empty());
}

TEST_CASE("of what may begin the more urgent goes first") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const runtime rt({.threads = 1});
  os::parker open;
  std::vector<int> order;
  rt.host([&] { open.park(); });
  rt.host([&] { order.push_back(3); }, priority::low);
  rt.host([&] { order.push_back(2); }, priority::normal);
  rt.host([&] { order.push_back(1); }, priority::high);
  open.unpark();
  rt.wait();
  CHECK(order == std::vector<int>{1, 2, 3});
  CHECK_THROWS_AS(rt.host([] {}, static_cast<priority>(7)), argument_error);
  const buffer<int> x(rt, std::vector<int>{1});
  rt.launch(rt.build(source).kernel("bump"), 1, x, priority::high).get();
  CHECK(rt.read(x).get() == std::vector<int>{2});
}

TEST_CASE("a runtime is shut down in time") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const runtime rt({.threads = 1});
  const buffer<int> x(rt, std::vector<int>{0});
  auto task = rt.host([](std::span<int> a) { a[0] = 1; }, inout(x));
  SUBCASE("when all has ended") {
    CHECK(rt.shutdown(std::chrono::hours(1)) == 0);
    CHECK_NOTHROW(task.get());
  }
  SUBCASE("when something goes on for ever") {
    task.get();
    os::parker begun, open;
    auto endless = rt.host([&](std::span<int> a) { begun.unpark(); open.park(); a[0] = 2; }, inout(x));
    auto queued = rt.host([](std::span<int> a) { a[0] = 3; }, inout(x));
    begun.park();
    CHECK(rt.shutdown(std::chrono::seconds(-1)) == 2); // and the one that waits for it
    open.unpark();
    CHECK_NOTHROW(endless.get());
    CHECK_THROWS_AS(queued.get(), cancelled_error);
    CHECK(rt.shutdown(std::chrono::seconds(0)) == 0); // again
  }
  CHECK_THROWS_AS(rt.host([] {}), closed_error);
  CHECK_THROWS_AS((void)rt.read(x), closed_error);
}

TEST_CASE("a task that submits goes on when its runtime is shut down") {
  if (one_thread()) CLOTHO_SKIP("tasks that wait for each other");
  const runtime rt({.threads = 2});
  os::parker begun, open;
  std::atomic<bool> ran{false};
  rt.host([&] {
    begun.unpark();
    open.park();
    rt.host([&] { ran = true; });
    CHECK_THROWS_AS(rt.shutdown(std::chrono::seconds(0)), deadlock_error);
  });
  begun.park();
  open.unpark();
  CHECK(rt.shutdown(std::chrono::hours(1)) == 0);
  CHECK(ran);
}

TEST_CASE("launches are measured") {
  const runtime rt({.threads = 2, .device_times = true});
  const loaded_kernel bump = rt.build("kernel void bump(global int* x) { x[get_global_id(0)] += 1; }").kernel("bump");
  const buffer<int> x(rt, std::vector<int>(1000, 0));
  launch_timing first, second;
  const auto before = std::chrono::steady_clock::now();
  rt.launch(bump, 1000, x, measure(first));
  rt.launch(bump, 1000, x, measure(second)).get();
  const auto after = std::chrono::steady_clock::now();
  for (const launch_timing* one : {&first, &second}) {
    CHECK(one->device == 0);
    CHECK(before <= one->began);
    CHECK(one->began <= one->ended);
    CHECK(one->ended <= after);
    CHECK(one->moving >= std::chrono::nanoseconds(0));
  }
  CHECK(first.ended <= second.began);
  const quirk_set& quirks = rt.devices()[0].quirks();
  const bool shares = quirks.has(quirk_action::synchronous_device) || quirks.has(quirk_action::host_memory_itself);
  CHECK(first.moved_bytes == (shares ? 0 : 4000));
  CHECK(second.moved_bytes == 0);
  launch_timing whole;
  rt.launch(split(bump), 1000, block(x), measure(whole)).get();
  CHECK(second.ended <= whole.began);
  CHECK(whole.began <= whole.ended);
  CHECK(rt.read(x).get() == std::vector<int>(1000, 3));
}

TEST_CASE("a program says what was built") {
  const runtime rt({.threads = 1});
  const loaded_program program = rt.build("kernel void a(global int* x) { *x = 1; } \n#ifdef __OPENCL_VERSION__\nkernel void b() {}\n#endif");
  CHECK(program.kernel_names() == std::vector<std::string>{"a", "b"});
  CHECK(program.on(0).kernel_names().size() == 2);
  CHECK(program.on(0).origin() == program_origin::source);
  CHECK(contains(refusal([&] { (void)program.on(1); }), "there is no device 1"));
}

TEST_CASE("a runtime keeps compiled programs unless it is told not to") {
  const device target = select_device();
  if (target.quirks().has(quirk_action::skip_binary_cache)) CLOTHO_SKIP("programs that can be kept");
  const test::temporary_folder folder;
  const auto run = [&](runtime_options options) {
    options.device_list = {target};
    options.threads = one_thread() ? 0 : 1;
    const runtime rt(std::move(options));
    const loaded_program program = rt.build("kernel void bump(global int* x) { x[get_global_id(0)] += 1; }");
    const buffer<int> x(rt, std::vector<int>(33, 1));
    rt.launch(program.kernel("bump"), 33, x).get();
    CHECK(rt.read(x).get() == std::vector<int>(33, 2));
    return program.on(0).origin();
  };
  ::setenv("CLOTHO_CACHE_DIR", folder.path().c_str(), 1);
  ::setenv("CLOTHO_CACHE", "on", 1);
  CHECK(run({}) == program_origin::source);
  CHECK(run({}) == program_origin::cache);
  CHECK(run({.cache = nullptr}) == program_origin::source);
  ::setenv("CLOTHO_CACHE", "perhaps", 1);
  CHECK(contains(refusal([] { (void)runtime_options(); }), "CLOTHO_CACHE is 'perhaps'; it can be on, off or readonly"));
  ::setenv("CLOTHO_CACHE", "off", 1);
  CHECK(runtime_options().cache == nullptr);
}

TEST_CASE("tasks that run inline need no thread of the pool") {
  const device target = select_device();
  if (target.quirks().has(quirk_action::serialise_all_calls)) CLOTHO_SKIP("a pool");
  const runtime rt({.device_list = {target}, .threads = 1});
  const loaded_kernel bump = rt.build("kernel void bump(global int* x) { x[get_global_id(0)] += 1; }").kernel("bump");
  const buffer<int> x(rt, std::vector<int>(100, 0));
  rt.launch(bump, 100, x).get(); // it is built
  promise<completion_of<void>> begun;
  rt.external([&](completion_of<void> done, std::span<int>) { begun.set_value(std::move(done)); }, inout(x));
  completion_of<void> first = begun.get_future().get();
  rt.launch(bump, 100, x, run_inline);
  promise<int> seen;
  future<int> seen_value = seen.get_future();
  rt.host([&](std::span<const int> all) { seen.set_value(all[99]); }, in(x), run_inline);
  busy_thread only(rt);
  first.succeed();
  CHECK(seen_value.get() == 2);
  only.release();
  rt.wait();
}

TEST_CASE("a thread that waits for a small kernel, or for what runs inline after it, does both when the pool is busy") {
  const device target = select_device();
  if (!target.quirks().has(quirk_action::synchronous_device)) CLOTHO_SKIP("a device that works in the thread that launches");
  const runtime rt({.device_list = {target}, .threads = 1});
  const loaded_program program = rt.build("kernel void bump(global int* x) { x[get_global_id(0)] += 1; }\n"
                                          "kernel void turn(global int* x) {\n"
                                          "  int all[16];\n"
                                          "  for (int i = 0; i < 16; ++i) all[i] = x[i];\n"
                                          "  for (int i = 0; i < 16; ++i) x[i] = all[15 - i];\n"
                                          "}");
  const loaded_kernel bump = program.kernel("bump"), turn = program.kernel("turn");
  std::vector<int> numbers(16);
  std::iota(numbers.begin(), numbers.end(), 0);
  const buffer<int> x(rt, numbers);
  rt.launch(bump, 16, x).get(); // both are built
  rt.launch(turn, 1, x).get();
  busy_thread only(rt);
  rt.launch(bump, 16, x).get();
  rt.launch(turn, 1, x);
  const auto sum = [me = std::this_thread::get_id()](std::span<const int> all) {
    return std::this_thread::get_id() == me ? 100 * all[0] + all[15] : -1;
  };
  CHECK(rt.host(sum, in(x), run_inline).get() == 217);
  only.release();
  rt.wait();
}
