// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include <clotho/flow/runtime.hpp>
#include <support/contains.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;

TEST_CASE("a runtime records tasks, kernels, builds, waits, memory and what waited for what") {
  std::string written;
  bool has_threads = false, in_threads = false;
  const auto recorder = std::make_shared<trace>([&](std::string_view text) { written = text; });
  {
    const runtime rt({.threads = 2, .trace = recorder});
    const quirk_set& quirks = rt.devices()[0].quirks();
    has_threads = !quirks.has(quirk_action::serialise_all_calls);
    in_threads = !has_threads || quirks.has(quirk_action::synchronous_device); // kernels run in those that launch them
    const loaded_kernel bump = rt.build("kernel void bump(global int* x) { x[get_global_id(0)] += 1; }").kernel("bump");
    const buffer<int> x(rt, std::vector<int>(1000, 1)), y(rt, std::vector<int>(1000, 1));
    for (int i = 0; i < 10; ++i) {
      rt.launch(bump, 1000, x);
      rt.host(named("mix", [](std::span<int> a, std::span<const int> b) { a[0] += b[0]; }), inout(x), in(y));
    }
    const graph again = rt.record([&](const clotho::recorder& r) { r.launch(bump, 1000, x); });
    again.run(3);
    rt.wait();
    CHECK(rt.read(x.slice(1, 1)).get() == std::vector<int>{14});
  }
  recorder->write();
  for (const char* what : {"\"bump\"", "\"mix\"", "\"graph\"", "wait for tasks", "\"build\"", "memory (bytes)"}) {
    CAPTURE(std::string(what));
    CHECK(contains(written, what));
  }
  CHECK(contains(written, ": kernels") == !in_threads);
  // Without threads a task has run before the next is submitted, which so waits for nothing.
  CHECK(contains(written, "clotho-0") == has_threads);
  CHECK(contains(written, R"("ph":"s")") == has_threads); // arrows
  CHECK(recorder->dropped() == 0);
}

TEST_CASE("memory that outlives its runtime is still counted") {
  std::string written;
  const auto recorder = std::make_shared<trace>([&](std::string_view text) { written = text; });
  std::vector<buffer<int>> kept;
  {
    const runtime rt({.threads = 1, .trace = recorder});
    kept.emplace_back(rt, std::vector<int>(10, 1));
    const loaded_kernel bump = rt.build("kernel void bump(global int* x) { x[get_global_id(0)] += 1; }").kernel("bump");
    rt.launch(bump, 10, kept[0]).get();
  }
  kept.clear();
  recorder->write();
  CHECK(contains(written, "host: memory (bytes)"));
}

TEST_CASE("a kernel that names no device goes where its data were used") {
  const device whole = select_device();
  if (whole.quirks().has(quirk_action::synchronous_device) || whole.quirks().has(quirk_action::serialise_all_calls))
    CLOTHO_SKIP("a device whose kernels have a row of their own");
  std::string written;
  const auto recorder = std::make_shared<trace>([&](std::string_view text) { written = text; });
  {
    const runtime rt({.device_list = {whole, whole}, .threads = 2, .trace = recorder});
    const loaded_kernel bump = rt.build("kernel void bump(global int* x) { x[get_global_id(0)] += 1; }").kernel("bump");
    const buffer<int> x(rt, std::vector<int>(1000, 0));
    rt.launch(bump.on(1), 1000, x);
    for (int i = 0; i < 20; ++i) rt.launch(bump, 1000, x);
    CHECK(rt.read(x).get() == std::vector<int>(1000, 21));
  }
  recorder->write();
  CHECK(contains(written, "(1): kernels"));
  CHECK_FALSE(contains(written, "(0): kernels"));
}
