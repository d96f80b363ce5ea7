// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/runtime.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

constexpr const char* source = R"(
kernel void add(global int* values, const int what) { values[get_global_id(0)] += what; }
kernel void twice(const global int* from, global int* to) { to[get_global_id(0)] = 2 * from[get_global_id(0)]; }
)";

bool interpreted() { return select_device().info().platform_name == "Oclgrind"; }

} // namespace

TEST_CASE("a graph does in each run what its tasks would do") {
  for (const unsigned threads : {0u, 1u, 2u, 8u}) {
    CAPTURE(threads);
    const runtime rt({.threads = threads});
    const loaded_program program = rt.build(source);
    const loaded_kernel add = program.kernel("add"), twice = program.kernel("twice");
    const std::size_t n = 1000;
    const buffer<int> x(rt, std::vector<int>(n, 1)), y(rt, n);

    SUBCASE("a chain of kernels") {
      const graph g = rt.record([&](recorder& r) {
        r.launch(add, n, x, 1);
        r.launch(add, n, x, 2);
        r.launch(twice, n, x, y);
        r.launch(twice, n, y, x);
      });
      CHECK(g.size() == 4);
      g.run();
      CHECK(rt.read(x).get() == std::vector<int>(n, 16));
      g.run(3); // four times the sum with 3, modulo nothing
      CHECK(rt.read(x).get() == std::vector<int>(n, ((16 + 3) * 4 + 3) * 16 + 12));
    }
    SUBCASE("kernels and host tasks") {
      int seen = 0;
      const graph g = rt.record([&](recorder& r) {
        r.fill(y, 5);
        r.launch(add, n, x, 1);
        r.host([](std::span<int> a, std::span<const int> b) { a[0] += b[0]; }, inout(x), in(y));
        r.host([&seen](std::span<const int> a) { seen = a[0]; }, in(x));
      });
      g.run(10).get();
      CHECK(seen == 1 + 10 * 6);
      rt.fill(x, 0); // between runs the data go elsewhere
      g.run(2).get();
      CHECK(seen == 12);
      CHECK(rt.read(x.slice(1, 1)).get() == std::vector<int>{2});
    }
    SUBCASE("tasks side by side") {
      if (interpreted()) CLOTHO_SKIP("parts that are uploaded separately");
      const std::size_t part = 256; // what devices want parts aligned to
      const buffer<int> many(rt, std::vector<int>(part * 8, 0)), sum(rt, std::vector<int>{0});
      const graph g = rt.record([&](recorder& r) {
        for (std::size_t i = 0; i < 8; ++i) r.launch(add, part, many.slice(i * part, part), static_cast<int>(i));
        for (std::size_t i = 0; i < 8; ++i)
          r.host([](std::span<const int> a, std::span<int> b) { b[0] += a[255]; }, in(many.slice(i * part, part)), inout(sum));
      });
      g.run(3).get();
      CHECK(rt.read(sum).get() == std::vector<int>{28 * (1 + 2 + 3)});
    }
  }
}

TEST_CASE("a graph has its place in the flow") {
  const runtime rt;
  const loaded_kernel add = rt.build(source).kernel("add");
  const buffer<int> x(rt, std::vector<int>{1});
  const graph g = rt.record([&](recorder& r) { r.launch(add, 1, x, 1); });
  for (int i = 0; i < 100; ++i) {
    rt.host([](std::span<int> a) { a[0] *= 2; }, inout(x));
    g.run(2);
    rt.host([](std::span<int> a) { a[0] %= 1000; }, inout(x));
  }
  int expected = 1;
  for (int i = 0; i < 100; ++i) expected = (expected * 2 + 2) % 1000;
  CHECK(rt.read(x).get() == std::vector<int>{expected});
}

TEST_CASE("arguments and ranges of a graph are changed between runs") {
  const runtime rt;
  const loaded_kernel add = rt.build(source).kernel("add");
  const buffer<int> x(rt, std::vector<int>(4, 0)), y(rt, std::vector<int>(4, 0));
  std::optional<recorded> first;
  const graph g = rt.record([&](recorder& r) {
    first = r.launch(add, 4, x, 1);
    r.host([](std::span<int> a) { a[3] = -1; }, inout(y));
  });
  g.run(2);
  g.set(*first, arg("what", 10));
  g.run();
  CHECK(rt.read(x).get() == std::vector<int>(4, 12));
  g.set(*first, arg("values", y));
  g.set(*first, nd_range(3));
  g.run();
  CHECK(rt.read(x).get() == std::vector<int>(4, 12));
  CHECK(rt.read(y).get() == std::vector<int>{10, 10, 10, -1});
  CHECK(contains(refusal([&] { g.set(*first, arg("nothing", 1)); }), "no argument called 'nothing'"));
  CHECK(contains(refusal([&] { g.set(*first, arg("values", 1)); }), "was recorded as a buffer"));
  CHECK(contains(refusal([&] { g.set(*first, arg("what", y)); }), "was recorded as a value"));
  CHECK(contains(refusal([&] { g.set(recorded(1), arg("what", 1)); }), "only kernels"));
  CHECK(contains(refusal([&] { g.set(recorded(2), nd_range(1)); }), "another graph's"));
}

TEST_CASE("a failure in a graph is the run's, and damages all that the run writes") {
  for (const unsigned threads : {0u, 2u}) {
    const runtime rt({.threads = threads});
    const loaded_kernel add = rt.build(source).kernel("add");
    const buffer<int> x(rt, std::vector<int>{0}), y(rt, std::vector<int>{0}), z(rt, std::vector<int>{7});
    int left = 2;
    const graph g = rt.record([&](recorder& r) {
      r.launch(add, 1, x, 1);
      r.host([&left](std::span<int>) { if (--left == 0) throw std::runtime_error("out of ink"); }, inout(y));
      r.host([](std::span<const int>) {}, in(z));
    });
    CHECK_NOTHROW(g.run().get());
    CHECK_THROWS_WITH(g.run(5).get(), "out of ink");
    CHECK(left == 0); // nothing began after that
    CHECK_THROWS_AS((void)rt.read(x).get(), dependency_error);
    CHECK_THROWS_AS(g.run().get(), dependency_error);
    CHECK(rt.read(z).get() == std::vector<int>{7});
    rt.fill(x, 0);
    rt.fill(y, 0);
    left = 100;
    CHECK_NOTHROW(g.run(3).get());
    CHECK(rt.read(x).get() == std::vector<int>{3});
  }
}

TEST_CASE("graphs that do little or cannot be") {
  const runtime rt, other;
  const graph nothing = rt.record([](recorder&) {});
  CHECK_NOTHROW(nothing.run(1000).get());
  const buffer<int> x(rt, std::vector<int>{1}), foreign(other, 1);
  const graph idle = rt.record([&](recorder& r) { r.fill(x, 2); });
  CHECK_NOTHROW(idle.run(0).get());
  CHECK(rt.read(x).get() == std::vector<int>{1});
  auto before = rt.host([] {});
  const loaded_kernel add = rt.build(source).kernel("add");
  CHECK_THROWS_AS((void)rt.record([&](recorder& r) { r.launch(add, 1, x, 1, after(before)); }), argument_error);
  CHECK_THROWS_AS((void)rt.record([&](recorder& r) { r.fill(foreign, 1); }), argument_error);
  CHECK_THROWS_AS((void)rt.record([&](recorder& r) { r.launch(add, 1, x); }), argument_error);
}

TEST_CASE("runs of one graph that writes nothing keep out of each other's way") {
  const runtime rt({.threads = 4});
  if (rt.host_executor().concurrency() == 1) CLOTHO_SKIP("tasks that run at once");
  const buffer<int> x(rt, std::vector<int>{1});
  std::atomic<int> inside{0}, most{0}, runs{0};
  const graph g = rt.record([&](recorder& r) {
    r.host([&](std::span<const int>) {
      const int now = ++inside;
      if (now > most) most = now;
      ++runs;
      --inside;
    }, in(x));
  });
  for (int i = 0; i < 200; ++i) g.run(2);
  rt.wait();
  CHECK(most == 1);
  CHECK(runs == 400);
}
