// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <numeric>
#include <thread>
#include <vector>

#include "support/device_fixture.hpp"
#include "support/refusal.hpp"
#include "support/skip.hpp"

using namespace clotho;
using test::device_fixture;
using test::refusal;

namespace {

constexpr const char* saxpy_source = R"(
  typedef float DATA_TYPE;
  __kernel void saxpy(const uint n, const DATA_TYPE a, __global const DATA_TYPE* x, __global DATA_TYPE* y) {
    const size_t i = get_global_id(0);
    if (i < n) y[i] = a * x[i] + y[i];
  })";

struct saxpy_fixture : device_fixture {
  kernel saxpy = build_kernel(saxpy_source, "saxpy");
  device_buffer x = device_buffer::of<float>(ctx, 1024), y = device_buffer::of<float>(ctx, 1024);
  saxpy_fixture() {
    q.fill(x, 0.0f);
    q.fill(y, 0.0f);
  }
  template <class... A> std::string refused(const A&... arguments) {
    return refusal([&] { q.launch(saxpy, 1024, arguments...); });
  }
};

} // namespace

TEST_CASE_FIXTURE(device_fixture, "saxpy equals the plain loop at every size near a group's edge") {
  const kernel saxpy = build_kernel(saxpy_source, "saxpy");
  for (const std::size_t n :
       {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65}, scaled(100003)}) {
    std::vector<float> xs(n), ys(n), expected(n);
    for (std::size_t i = 0; i < n; ++i) xs[i] = static_cast<float>(i), ys[i] = 1.0f;
    for (std::size_t i = 0; i < n; ++i) expected[i] = 2.0f * xs[i] + ys[i];
    const device_buffer x = device_buffer::of<float>(ctx, n), y = device_buffer::of<float>(ctx, n);
    q.write(x, std::span<const float>(xs));
    q.write(y, std::span<const float>(ys));
    q.launch(saxpy, n, static_cast<std::uint32_t>(n), 2.0f, x, y);
    q.read(y, std::span<float>(ys));
    CHECK(ys == expected);
  }
}

TEST_CASE_FIXTURE(saxpy_fixture, "arguments may be named, in any order") {
  std::vector<float> ones(1024, 1.0f), got(1024);
  q.write(x, std::span<const float>(ones));
  q.write(y, std::span<const float>(ones));
  q.launch(saxpy, 1024, arg("y", y), arg("a", 3.0f), arg("n", 1024), arg("x", x));
  q.read(y, std::span<float>(got));
  CHECK(got == std::vector<float>(1024, 4.0f));
  CHECK(refused(arg("y", y), arg("a", 3.0f), arg("n", 1024))
        == "kernel 'saxpy' takes 4 arguments (n, a, x, y); 'x' is missing");
  CHECK(refused(arg("y", y), arg("a", 3.0f), arg("m", 1024), arg("x", x))
        == "kernel 'saxpy' takes 4 arguments (n, a, x, y), none of them called 'm'; did you mean 'n'?");
  CHECK(refused(arg("y", y), arg("y", y), arg("n", 1), arg("x", x)) == "argument 'y' is given twice");
  CHECK(refused(arg("y", y), 3.0f, arg("n", 1), arg("x", x)) == "name all arguments of a launch, or none");
}

TEST_CASE_FIXTURE(saxpy_fixture,
                  "a wrong argument is refused before anything runs, and the message says which") {
  CHECK(refused(1024u, 2.0f, x) == "kernel 'saxpy' takes 4 arguments (n, a, x, y), got 3; 'y' is missing");
  CHECK(refused(1024u, 2.0f, x, y, y) == "kernel 'saxpy' takes 4 arguments (n, a, x, y), got 5");
  CHECK(refused(2.5f, 2.0f, x, y)
        == "argument 0 ('n', uint) of kernel 'saxpy' cannot take the float 2.500000");
  CHECK(refused(-1, 2.0f, x, y) == "argument 0 ('n', uint) of kernel 'saxpy' cannot take the int -1");
  CHECK(refused(std::uint64_t{1} << 32, 2.0f, x, y)
        == "argument 0 ('n', uint) of kernel 'saxpy' cannot take the ulong 4294967296");
  CHECK(refused(x, 2.0f, x, y) == "argument 0 ('n', uint) of kernel 'saxpy' cannot be a buffer");
  CHECK(refused(1024u, 2.0f, 3.0f, y)
        == "argument 2 ('x', float*) of kernel 'saxpy' cannot be a float value");
  CHECK(refused(1024u, 1e300, x, y).find("cannot take the double") != std::string::npos);
  CHECK(refused(1024u, std::array<float, 2>{}, x, y)
        == "argument 1 ('a', float) of kernel 'saxpy' cannot be a float2");
  CHECK(refused(1024u, nullptr, x, y) == "argument 1 ('a', float) of kernel 'saxpy' cannot be null");
  CHECK(refused(1024u, 2.0f, x, local_memory{64})
        == "argument 3 ('y', float*) of kernel 'saxpy' cannot be local memory");
  CHECK(refused(1024u, 2.0f, device_buffer::of<int>(ctx, 4), y)
        == "argument 2 ('x', float*) of kernel 'saxpy' cannot be a buffer of int");
  CHECK(refused(1024u, 2.0f, x, device_buffer::of<float>(ctx, 4, kernel_access::read_only))
        == "argument 3 ('y', float*) of kernel 'saxpy' may be written by the kernel, but the buffer was made "
           "read-only");
  CHECK(refused(1024u, 2.0f, sampler(ctx), y).find("cannot be a sampler") != std::string::npos);
  const context other(test::device_under_test());
  CHECK(refused(1024u, 2.0f, device_buffer::of<float>(other, 4), y).find("belongs to another context")
        != std::string::npos);
}

TEST_CASE_FIXTURE(saxpy_fixture, "scalars of another type are converted when they keep their value") {
  CHECK(refused(1024, 2, x, y) == "not refused");
  CHECK(refused(std::int64_t{1024}, 2.0, x, y) == "not refused");
  CHECK(refused(std::uint8_t{255}, to_half(0.5), x, y) == "not refused");
  CHECK(refused(1024u, 16777217, x, y)
        == "argument 1 ('a', float) of kernel 'saxpy' cannot take the int 16777217");
}

TEST_CASE_FIXTURE(device_fixture, "vectors and structs are passed by value") {
  const kernel k = build_kernel(R"(
    struct ray { float4 from; int count; };
    __kernel void k(const float3 v, const struct ray r, const char2 c, __global float* out) {
      out[0] = v.x; out[1] = v.y; out[2] = v.z; out[3] = r.from.w; out[4] = (float)r.count; out[5] = (float)c.y;
    })",
                                "k");
  struct alignas(16) ray {
    std::array<float, 4> from;
    int count;
  };
  const device_buffer out = device_buffer::of<float>(ctx, 6);
  q.launch(k, 1, std::array<float, 3>{1, 2, 3}, ray{{0, 0, 0, 4}, 5}, std::array<std::int8_t, 2>{0, -6}, out);
  std::vector<float> got(6);
  q.read(out, std::span<float>(got));
  CHECK(got == std::vector<float>{1, 2, 3, 4, 5, -6});
  struct wrong {
    int one;
  };
  CHECK(refusal([&] { q.launch(k, 1, std::array<float, 3>{}, wrong{}, std::array<std::int8_t, 2>{}, out); })
        == "argument 1 ('r', struct ray) of kernel 'k' has 32 bytes, the value given has 4");
}

TEST_CASE_FIXTURE(device_fixture,
                  "local memory is given by size, and too much is refused before the driver sees it") {
  const kernel k = build_kernel(R"(
    __kernel void k(__local int* tmp, __global int* out) {
      tmp[get_local_id(0)] = (int)get_global_id(0);
      barrier(CLK_LOCAL_MEM_FENCE);
      out[get_global_id(0)] = tmp[get_local_size(0) - 1 - get_local_id(0)];
    })",
                                "k");
  const device_buffer out = device_buffer::of<int>(ctx, 32);
  q.launch(k, nd_range(32).local(8), local_memory::of<int>(8), out);
  std::vector<int> got(32);
  q.read(out, std::span<int>(got));
  for (int i = 0; i < 32; ++i) CHECK(got[static_cast<std::size_t>(i)] == i / 8 * 8 + 7 - i % 8);
  const std::size_t most = ctx.info().local_memory_bytes;
  CHECK(refusal([&] {
          q.launch(k, nd_range(32).local(8), local_memory{most + 1}, out);
        }).find("of local memory, '")
        != std::string::npos);
  CHECK(refusal([&] { q.launch(k, nd_range(32).local(8), local_memory{0}, out); }).find("at least one byte")
        != std::string::npos);
}

TEST_CASE_FIXTURE(device_fixture, "a kernel whose own local variables are too large is refused") {
  const std::string bytes = std::to_string(ctx.info().local_memory_bytes * 2);
  const std::string text =
      "__kernel void k(__global char* out) { __local char huge[" + bytes
      + "]; huge[get_local_id(0)] = 1; barrier(CLK_LOCAL_MEM_FENCE); out[0] = huge[0]; }";
  CHECK_THROWS_AS(
      [&] {
        const kernel k = build_kernel(text, "k");
        q.launch(k, 1, device_buffer(ctx, 1));
        q.finish();
      }(),
      error);
}

TEST_CASE_FIXTURE(device_fixture,
                  "private arrays do not overflow the stack, whatever local size is asked for") {
  const kernel k = build_kernel(R"(
    __kernel void k(__global int* out) {
      int room[1024];
      for (int i = 0; i < 1024; ++i) room[i] = i + (int)get_global_id(0);
      barrier(CLK_LOCAL_MEM_FENCE);
      int sum = 0;
      for (int i = 0; i < 1024; ++i) sum += room[(i * 7) % 1024];
      out[get_global_id(0)] = sum;
    })",
                                "k");
  const std::size_t n = scaled(4096);
  const device_buffer out = device_buffer::of<int>(ctx, n);
  q.launch(k, n, out);
  std::vector<int> got(n);
  q.read(out, std::span<int>(got));
  for (std::size_t i = 0; i < n; ++i) CHECK(got[i] == 1023 * 512 + 1024 * static_cast<int>(i));
}

TEST_CASE_FIXTURE(device_fixture, "ranges have offsets and up to three dimensions") {
  const kernel k = build_kernel(R"(
    __kernel void k(__global int* out) {
      const size_t x = get_global_id(0), y = get_global_id(1), z = get_global_id(2);
      out[(z * 7 + y) * 11 + x] = (int)(x + 100 * y + 10000 * z);
    })",
                                "k");
  const device_buffer out = device_buffer::of<int>(ctx, 11 * 7 * 5);
  q.fill(out, -1);
  q.launch(k, nd_range({9, 5, 3}).offset({2, 1, 2}), out);
  std::vector<int> got(11 * 7 * 5);
  q.read(out, std::span<int>(got));
  for (int z = 0; z < 5; ++z)
    for (int y = 0; y < 7; ++y)
      for (int x = 0; x < 11; ++x) {
        const bool inside = x >= 2 && y >= 1 && y < 6 && z >= 2;
        CHECK(got[static_cast<std::size_t>((z * 7 + y) * 11 + x)] == (inside ? x + 100 * y + 10000 * z : -1));
      }
}

TEST_CASE_FIXTURE(device_fixture, "a sampler may go before the kernel that uses it has run") {
  if (!ctx.info().images) CLOTHO_SKIP("images");
  if (slow()) CLOTHO_SKIP("a checker that follows values through image reads");
  const kernel k = build_kernel(R"(
    __kernel void k(read_only image2d_t from, sampler_t how, __global float* to) {
      to[get_global_id(0)] = read_imagef(from, how, (int2)((int)get_global_id(0), 9)).x;
    })",
                                "k");
  const device_image from(ctx, {4, scalar::u8, true}, 64, 4);
  const std::vector<std::uint8_t> sent(from.size_bytes(), 255);
  std::vector<float> got(64);
  q.write(from, std::as_bytes(std::span(sent)));
  const device_buffer to = device_buffer::of<float>(ctx, 64);
  for (int round = 0; round < 200; ++round) {
    // Row 9 lies beyond the edge: only a sampler that still clamps reads ones there.
    q.launch(k, 64, from, sampler(ctx, filter_mode::nearest, address_mode::clamp_to_edge), to);
    q.read(to, std::span<float>(got));
    REQUIRE(got == std::vector<float>(64, 1.0f));
  }
}

TEST_CASE_FIXTURE(device_fixture, "images and samplers reach a kernel") {
  if (!ctx.info().images) CLOTHO_SKIP("images");
  const kernel k = build_kernel(R"(
    __kernel void k(read_only image2d_t from, sampler_t how, write_only image2d_t to) {
      const int2 at = (int2)((int)get_global_id(0), (int)get_global_id(1));
      write_imagef(to, at, 1.0f - read_imagef(from, how, at));
    })",
                                "k");
  const device_image from(ctx, {4, scalar::u8, true}, 8, 4), to(ctx, {4, scalar::u8, true}, 8, 4);
  std::vector<std::uint8_t> sent(8 * 4 * 4), got(8 * 4 * 4);
  std::iota(sent.begin(), sent.end(), std::uint8_t{0});
  q.write(from, std::as_bytes(std::span(sent)));
  q.launch(k, {8, 4}, from, sampler(ctx), to);
  q.read(to, std::as_writable_bytes(std::span(got)));
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == 255 - sent[i]);
  CHECK(refusal([&] {
          q.launch(k, {8, 4}, device_image(ctx, {4, scalar::u8, true}, 8, 4, 2), sampler(ctx), to);
        }).find("cannot be an image of 3 dimensions")
        != std::string::npos);
}

TEST_CASE_FIXTURE(device_fixture, "one kernel may be launched from many threads, each with its own queue") {
  if (ctx.target().quirks().has(quirk_action::serialise_all_calls)) CLOTHO_SKIP("thread safety");
  const kernel add =
      build_kernel("__kernel void add(__global int* x, int v) { x[get_global_id(0)] += v; }", "add");
  constexpr int rounds = 200;
  std::vector<std::thread> threads;
  std::vector<int> results(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      queue own(ctx);
      const device_buffer x = device_buffer::of<int>(ctx, 16);
      own.fill(x, 0);
      for (int r = 0; r < rounds; ++r) own.launch(add, 16, x, t + 1);
      std::vector<int> got(16);
      own.read(x, std::span<int>(got));
      results[static_cast<std::size_t>(t)] = got[15];
    });
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < 4; ++t) CHECK(results[static_cast<std::size_t>(t)] == rounds * (t + 1));
}

TEST_CASE_FIXTURE(device_fixture, "signatures name types through typedefs and macros") {
  const kernel k = build_kernel(R"(
    #define REAL float
    typedef REAL DATA_TYPE;
    __kernel void k(__global const DATA_TYPE* restrict in, __local uchar4* tmp, const ulong n) { })",
                                "k");
  const auto& arguments = k.signature().arguments;
  REQUIRE(arguments.size() == 3);
  CHECK(arguments[0].name == "in");
  CHECK(arguments[0].type == "float*");
  CHECK(arguments[0].is_const);
  CHECK(arguments[0].space == address_space::global);
  CHECK(arguments[1].kind == argument_kind::local);
  CHECK(arguments[2].element == element_type{scalar::u64, 1});
}
