// SPDX-License-Identifier: Apache-2.0
// What becomes of device memory that nobody uses any more, and what is done when there is too little, with the fault layer.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/memory_pool.hpp>
#include <clotho/flow/runtime.hpp>
#include <faults/fault_layer.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using words = std::vector<std::uint32_t>;

namespace {

constexpr const char* source = R"(
kernel void set(global uint* y, const uint x) { y[get_global_id(0)] = x; }
kernel void add(global uint* y, global const uint* x) { y[get_global_id(0)] += x[get_global_id(0)]; }
)";
constexpr std::size_t n = 1024;
constexpr int allocation_failure = -4, out_of_resources = -5, out_of_host_memory = -6;

// Those that work on the host's memory, and those whose driver wants to see each allocation, keep nothing.
bool keeps_memory() {
  const device where = select_device();
  return !where.quirks().has(quirk_action::synchronous_device) && !where.quirks().has(quirk_action::serialise_all_calls);
}

// A device that works on the host's memory has none of its own to keep.
runtime_options with_own_memory(runtime_options options) {
  options.share_host_memory = false;
  return options;
}

struct bench {
  explicit bench(runtime_options options = {}) : rt(with_own_memory(std::move(options))), program(rt.build(source)) { program.wait(); }
  ~bench() { layer.disarm(); }
  [[nodiscard]] bool in_place() const { return rt.devices()[0].quirks().has(quirk_action::synchronous_device); }
  void set(const buffer<std::uint32_t>& y, std::uint32_t value) const { rt.launch(program.kernel("set"), y.size(), out(y), value); }
  void add(const buffer<std::uint32_t>& y, const buffer<std::uint32_t>& x) const {
    rt.launch(program.kernel("add"), y.size(), y, x);
  }

  runtime rt;
  loaded_program program;
  test::fault_layer layer;
};

} // namespace

TEST_CASE("temporaries one after another share their memory") {
  bench on;
  const buffer<std::uint32_t> sum(on.rt, words(n, 0));
  const long before = on.layer.memories();
  for (std::uint32_t i = 0; i < 100; ++i) {
    const buffer<std::uint32_t> temporary(on.rt, n - i % 50); // sizes that are nearly alike
    on.set(temporary, i);
    on.rt.launch(on.program.kernel("add"), n - 50, sum, temporary);
    on.rt.wait();
  }
  if (keeps_memory()) CHECK(on.layer.memories() - before <= 4);
  const words got = on.rt.read(sum).get();
  CHECK(got[0] == 99 * 100 / 2);
  CHECK(got[n - 51] == 99 * 100 / 2);
  CHECK(got[n - 1] == 0);
}

TEST_CASE("temporaries whose tasks are not waited for get their own values") {
  for (const unsigned threads : {0u, 2u}) {
    bench on({.threads = threads});
    const buffer<std::uint32_t> sum(on.rt, words(n, 0));
    for (std::uint32_t i = 0; i < 100; ++i) {
      const buffer<std::uint32_t> x(on.rt, words(n, i)), y(on.rt, n);
      on.set(y, 1);
      on.add(y, x);
      on.add(sum, y);
    }
    CHECK(on.rt.read(sum).get() == words(n, 99 * 100 / 2 + 100));
  }
}

TEST_CASE("what is kept is bounded, and nothing is kept when nothing may be") {
  for (const std::size_t most : {std::size_t{0}, 4 * n * sizeof(std::uint32_t)}) {
    bench on({.kept_device_bytes = most});
    for (int turn = 0; turn < 3; ++turn) {
      const long before = on.layer.memories();
      std::vector<buffer<std::uint32_t>> many;
      for (int i = 0; i < 10; ++i) on.set(many.emplace_back(on.rt, n), 1);
      on.rt.wait();
      const long made = on.layer.memories() - before;
      CHECK(made >= 6);
      if (turn > 0 && !on.in_place()) CHECK((made == 10) == (most == 0));
    }
  }
}

TEST_CASE("a pool by itself") {
  const context owner;
  const auto pool = std::make_shared<detail::memory_pool>(owner, 4096);
  const auto handle_of = [](const detail::memory_pool::block& one) { return one.memory().size_bytes(); };
  CHECK(handle_of(pool->take(0)) == 0);
  CHECK(handle_of(pool->take(1)) == 1);
  CHECK(handle_of(pool->take(1000)) == 1000);
  CHECK(contains(pool->describe(), "no other buffers"));
  {
    const auto a = pool->take(1000), b = pool->take(3000);
    auto c = pool->take(10);
    const auto moved = std::move(c);
    CHECK(contains(pool->describe(), "3 buffers"));
    CHECK(contains(pool->describe(), "the largest 3 KiB"));
  }
  auto kept = pool->take(100);
  pool->close();
  kept.drop();
}

TEST_CASE("when a driver has no memory, what is kept is freed and it is asked again") {
  if (!keeps_memory()) CLOTHO_SKIP("a device with memory of its own");
  for (const int code : {allocation_failure, out_of_resources, out_of_host_memory}) {
    CAPTURE(code);
    bench on;
    const auto use = [&](std::size_t size) {
      const buffer<std::uint32_t> x(on.rt, size);
      on.set(x, 3);
      CHECK(on.rt.read(x).get() == words(size, 3));
    };
    use(n);
    on.layer.refuse("clCreateBuffer", 1, code);
    use(2 * n);
    const long made = on.layer.memories();
    use(n); // the one that was kept had to go
    CHECK(on.layer.memories() == made + 1);
    on.layer.refuse("clCreateBuffer", 2, code); // it waits for what runs, and asks for the last time
    use(3 * n);
    on.layer.refuse("clEnqueueNDRangeKernel", 1, allocation_failure); // as drivers do that allocate late
    use(4 * n);
    const buffer<std::uint32_t> x(on.rt, words(5 * n, 1)), y(on.rt, words(5 * n, 2));
    on.layer.refuse("clEnqueueWriteBuffer", 1, allocation_failure);
    on.add(x, y);
    CHECK(on.rt.read(x).get() == words(5 * n, 3));
  }
}

TEST_CASE("when there is no memory at all, the error says who has it") {
  if (!keeps_memory()) CLOTHO_SKIP("a device with memory of its own");
  bench on;
  const buffer<std::uint32_t> x(on.rt, n), y(on.rt, n), z(on.rt, 2 * n);
  on.set(x, 3);
  on.set(y, 4);
  on.rt.wait();
  on.layer.refuse("clCreateBuffer", 20, allocation_failure);
  auto refused = on.rt.launch(on.program.kernel("set"), z.size(), out(z), 1u);
  const std::string said = test::refusal([&] { refused.get(); });
  CHECK(contains(said, "CL_MEM_OBJECT_ALLOCATION_FAILURE"));
  CHECK(contains(said, "8 KiB on "));
  CHECK(contains(said, "2 buffers of the runtime hold 8 KiB there, the largest 4 KiB"));
  CHECK(contains(said, "let go of buffers"));
  on.layer.disarm();
  on.set(z, 5); // heals
  CHECK(on.rt.read(z).get() == words(2 * n, 5));
  CHECK(on.rt.read(x).get() == words(n, 3));
}
