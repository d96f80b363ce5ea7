// SPDX-License-Identifier: Apache-2.0
// Memory with one address for host and device.
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include <clotho/runtime/svm.hpp>
#include <support/contains.hpp>
#include <support/device_fixture.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::device_fixture;
using test::refusal;

namespace {

constexpr const char* source = R"(
kernel void bump(global int* values) { values[get_global_id(0)] += 1; }
kernel void scaled(const global float* from, global float* to, const float by) {
  to[get_global_id(0)] = from[get_global_id(0)] * by;
}
)";

bool has_none(const device_fixture& at) { return !at.ctx.info().svm_coarse && !at.ctx.info().svm_fine; }

} // namespace

TEST_CASE_FIXTURE(device_fixture, "a device without shared virtual memory says so") {
  if (!has_none(*this)) CLOTHO_SKIP("a device without shared virtual memory");
  const std::string said = refusal([&] { svm_memory(ctx, 100); });
  CHECK(contains(said, "has no shared virtual memory; use a device_buffer"));
  CHECK(contains(said, ctx.target().name()));
  CHECK_THROWS_AS((void)svm_memory::of<int>(ctx, 1, svm_grain::fine), capability_error);
}

TEST_CASE_FIXTURE(device_fixture, "a kernel works on memory that the host maps") {
  if (has_none(*this)) CLOTHO_SKIP("shared virtual memory");
  const kernel bump = build_kernel(source, "bump");
  for (const std::size_t n : {1, 7, 1000}) {
    const auto memory = svm_memory::of<int>(ctx, n);
    CHECK(memory.size_bytes() == n * sizeof(int));
    const void* address = nullptr;
    {
      const mapping there = q.map(memory, map_access::write);
      std::iota(there.as<int>().begin(), there.as<int>().end(), 0);
      address = there.bytes().data();
    }
    q.launch(bump, n, memory);
    q.launch(bump, n, arg("values", memory));
    mapping there = q.map(memory, map_access::read);
    CHECK(there.bytes().data() == address);
    for (std::size_t i = 0; i < n; ++i) REQUIRE(there.as<int>()[i] == static_cast<int>(i) + 2);
    there.unmap();
    CHECK(there.bytes().empty());
  }
}

TEST_CASE_FIXTURE(device_fixture, "memory of a fine grain is the host's without mapping") {
  if (!ctx.info().svm_fine) {
    if (!has_none(*this)) CHECK(contains(refusal([&] { svm_memory(ctx, 100, svm_grain::fine); }), "of coarse grain only"));
    CLOTHO_SKIP("shared virtual memory of a fine grain");
  }
  const auto memory = svm_memory::of<float>(ctx, 100, svm_grain::fine);
  const device_buffer to = device_buffer::of<float>(ctx, 100);
  std::fill(memory.as<float>().begin(), memory.as<float>().end(), 3.0f);
  q.launch(build_kernel(source, "scaled"), 100, memory, to, 2.0f);
  std::vector<float> got(100);
  q.read(to, std::span(got));
  CHECK(got == std::vector<float>(100, 6.0f));
}

TEST_CASE_FIXTURE(device_fixture, "shared virtual memory lives until what uses it has ended") {
  if (has_none(*this)) CLOTHO_SKIP("shared virtual memory");
  const kernel multiply = build_kernel(source, "scaled");
  const std::size_t n = scaled(100'000);
  for (int i = 0; i < 20; ++i) {
    const device_buffer to = device_buffer::of<float>(ctx, n);
    {
      const auto from = svm_memory::of<float>(ctx, n);
      std::fill_n(q.map(from, map_access::write).as<float>().begin(), n, static_cast<float>(i));
      q.launch(multiply, n, from, to, 2.0f);
      const event done = q.launch_with_event(multiply, n, from, to, 3.0f);
    }
    std::vector<float> got(n);
    q.read(to, std::span(got));
    CHECK(got == std::vector<float>(n, 3.0f * static_cast<float>(i)));
  }
}

TEST_CASE_FIXTURE(device_fixture, "what was prepared keeps its shared virtual memory") {
  if (has_none(*this)) CLOTHO_SKIP("shared virtual memory");
  const device_buffer to = device_buffer::of<float>(ctx, 8);
  std::optional<prepared_launch> prepared;
  {
    const auto from = svm_memory::of<float>(ctx, 8);
    std::fill_n(q.map(from, map_access::write).as<float>().begin(), 8, 4.0f);
    const float by = 2.0f;
    const launch_argument arguments[] = {from, to, by};
    prepared.emplace(build_kernel(source, "scaled"), 8, arguments);
  }
  for (int i = 0; i < 3; ++i) q.launch(*prepared);
  prepared.reset();
  std::vector<float> got(8);
  q.read(to, std::span(got));
  CHECK(got == std::vector<float>(8, 8.0f));
}

TEST_CASE_FIXTURE(device_fixture, "shared virtual memory that does not fit is refused") {
  if (has_none(*this)) CLOTHO_SKIP("shared virtual memory");
  const kernel bump = build_kernel(source, "bump");
  const auto floats = svm_memory::of<float>(ctx, 8);
  CHECK(contains(refusal([&] { q.launch(bump, 8, floats); }), "cannot be shared virtual memory of float"));
  CHECK(contains(refusal([&] { q.launch(build_kernel(source, "scaled"), 8, floats, floats, floats); }), "cannot be shared virtual memory"));
  CHECK(contains(refusal([&] { (void)floats.bytes(); }), "use queue::map"));
  CHECK_THROWS_AS(svm_memory(ctx, SIZE_MAX / 2), capability_error);
  const context other(test::device_under_test());
  queue elsewhere(other);
  const auto ints = svm_memory::of<int>(other, 8);
  CHECK(contains(refusal([&] { q.launch(bump, 8, ints); }), "another context"));
  CHECK(contains(refusal([&] { (void)q.map(ints); }), "another context"));
  const svm_memory nothing(ctx, 0);
  CHECK(q.map(nothing).bytes().empty());
  q.launch(bump, 0, nothing);
}
