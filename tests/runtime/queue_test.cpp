// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "support/device_fixture.hpp"
#include "support/refusal.hpp"
#include "support/skip.hpp"

using namespace clotho;
using test::device_fixture;
using test::refusal;

namespace {

std::vector<int> counting(std::size_t n) {
  std::vector<int> values(n);
  std::iota(values.begin(), values.end(), 1);
  return values;
}

} // namespace

TEST_CASE_FIXTURE(device_fixture, "write then read gives the same bytes") {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{1023}, scaled(1000003)}) {
    const std::vector<int> sent = counting(n);
    const device_buffer memory = device_buffer::of<int>(ctx, n);
    q.write(memory, std::span<const int>(sent));
    std::vector<int> got(n);
    q.read(memory, std::span<int>(got));
    CHECK(got == sent);
  }
}

TEST_CASE("transfers through pinned memory carry the same bytes") {
  const context ctx(test::device_under_test(),
                    {.log = {}, .cache = nullptr, .transfers = transfer_mode::staged});
  queue q(ctx);
  const unsigned seed = std::random_device{}();
  INFO("seed ", seed);
  std::mt19937 random(seed);
  for (const std::size_t n : {std::size_t{1}, std::size_t{4} << 20, (std::size_t{9} << 20) + 13}) {
    std::vector<std::byte> sent(n), got(n);
    for (std::byte& byte : sent) byte = static_cast<std::byte>(random());
    const device_buffer memory(ctx, n + 5);
    q.write(memory, sent, 5);
    q.read(memory, got, 5);
    CHECK(got == sent);
  }
}

TEST_CASE_FIXTURE(device_fixture, "asynchronous transfers are done when their event is") {
  const std::vector<int> sent = counting(1000);
  const device_buffer memory = device_buffer::of<int>(ctx, sent.size());
  const event written = q.write_async(memory, std::as_bytes(std::span(sent)));
  std::vector<int> got(sent.size());
  const event read = q.read_async(memory, std::as_writable_bytes(std::span(got)));
  read.wait();
  CHECK(read.complete());
  written.wait(); // rusticl 22.3 lets who waits for the later one go on before it has marked the earlier one
  CHECK(written.complete());
  CHECK(got == sent);
  CHECK(event().complete());
}

TEST_CASE_FIXTURE(device_fixture, "copies move bytes within and between buffers") {
  const std::vector<int> sent = counting(64);
  const device_buffer a = device_buffer::of<int>(ctx, 64), b = device_buffer::of<int>(ctx, 64);
  q.write(a, std::span<const int>(sent));
  q.copy(a, b, 32 * sizeof(int), 0, 32 * sizeof(int));
  q.copy(a, b, 32 * sizeof(int), 32 * sizeof(int), 0);
  std::vector<int> got(64);
  q.read(b, std::span<int>(got));
  std::vector<int> expected(sent);
  std::rotate(expected.begin(), expected.begin() + 32, expected.end());
  CHECK(got == expected);
  CHECK(refusal([&] { q.copy(a, a, 64, 0, 32); })
        == "cannot copy 64 bytes from 0 to 32 of one buffer: the ranges overlap");
  q.copy(a, a, 0, 0, 0);
}

TEST_CASE_FIXTURE(device_fixture, "fills repeat a pattern over a range and nothing else") {
  const device_buffer memory(ctx, 1024);
  q.fill(memory, std::uint8_t{7});
  const std::uint32_t pattern = 0x01020304;
  q.fill(memory, std::as_bytes(std::span(&pattern, 1)), 16, 64);
  std::vector<std::uint8_t> got(1024);
  q.read(memory, std::span<std::uint8_t>(got));
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool inside = i >= 16 && i < 80;
    const auto byte = reinterpret_cast<const std::uint8_t*>(&pattern)[i % 4];
    CHECK(got[i] == (inside ? byte : 7));
  }
  CHECK(refusal([&] {
          q.fill(memory, std::as_bytes(std::span(&pattern, 1)), 2, 64);
        }).find("not made of whole patterns")
        != std::string::npos);
  const std::array<std::byte, 3> three{};
  CHECK(refusal([&] { q.fill(memory, three, 0, 3); }).find("not 3") != std::string::npos);
}

TEST_CASE_FIXTURE(device_fixture, "bytes beyond the end are refused, however the sum wraps") {
  const device_buffer memory(ctx, 16);
  std::array<std::byte, 8> host{};
  CHECK(refusal([&] { q.write(memory, host, 9); })
        == "cannot write 8 bytes at offset 9: the buffer holds 16");
  CHECK(refusal([&] { q.read(memory, host, static_cast<std::size_t>(-4)); }).find("cannot read 8 bytes")
        == 0);
}

TEST_CASE_FIXTURE(device_fixture, "a mapping shows and changes the buffer until it ends") {
  const std::vector<int> sent = counting(256);
  const device_buffer memory = device_buffer::of<int>(ctx, sent.size());
  q.write(memory, std::span<const int>(sent));
  {
    const mapping view = q.map(memory);
    const std::span<int> values = view.as<int>();
    CHECK(std::equal(values.begin(), values.end(), sent.begin()));
    for (int& value : values) value *= 2;
  }
  std::vector<int> got(sent.size());
  q.read(memory, std::span<int>(got));
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == 2 * sent[i]);
}

TEST_CASE_FIXTURE(device_fixture, "a mapping that another one replaces ends then") {
  const device_buffer a = device_buffer::of<int>(ctx, 4), b = device_buffer::of<int>(ctx, 4);
  q.fill(a, 1);
  q.fill(b, 2);
  mapping view = q.map(a);
  view.as<int>()[0] = 7;
  view = q.map(b);
  CHECK(view.as<int>()[0] == 2);
  view.unmap();
  CHECK(view.bytes().empty());
  view.unmap();
  std::vector<int> got(4);
  q.read(a, std::span<int>(got));
  CHECK(got == std::vector<int>{7, 1, 1, 1});
}

TEST_CASE_FIXTURE(device_fixture, "a buffer over host memory is that memory, or a copy of it") {
  alignas(4096) static std::array<int, 1024> host;
  std::iota(host.begin(), host.end(), 0);
  const device_buffer memory = device_buffer::over(ctx, std::as_writable_bytes(std::span(host)));
  const kernel twice =
      build_kernel("__kernel void twice(__global int* x) { x[get_global_id(0)] *= 2; }", "twice");
  q.launch(twice, host.size(), memory);
  std::vector<int> got(host.size());
  q.read(memory, std::span<int>(got));
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == 2 * static_cast<int>(i));
  if (memory.zero_copy()) {
    const mapping view = q.map(memory, map_access::read);
    CHECK(view.bytes().data() == reinterpret_cast<std::byte*>(host.data()));
    CHECK(host[1023] == 2046);
  }
}

TEST_CASE_FIXTURE(device_fixture, "a slice shares the memory of its buffer") {
  const std::size_t align = std::max<std::size_t>(ctx.info().base_address_align_bytes, 4);
  const device_buffer whole(ctx, 4 * align);
  q.fill(whole, std::uint8_t{0});
  const device_buffer middle = whole.slice(align, 2 * align);
  const device_buffer last = middle.slice(align, align);
  q.fill(last, std::uint8_t{9});
  std::vector<std::uint8_t> got(4 * align);
  q.read(whole, std::span<std::uint8_t>(got));
  CHECK(std::count(got.begin(), got.end(), 9) == static_cast<std::ptrdiff_t>(align));
  CHECK(got[2 * align] == 9);
  CHECK(refusal([&] { static_cast<void>(whole.slice(4 * align, 1)); }).find("do not lie within")
        != std::string::npos);
  if (align > 1)
    CHECK(refusal([&] { static_cast<void>(whole.slice(1, 4)); }).find("begins at a multiple of")
          != std::string::npos);
}

TEST_CASE_FIXTURE(device_fixture, "more memory than the device allocates at once is refused by name") {
  const std::uint64_t most = ctx.info().max_allocation_bytes;
  const std::string message = refusal([&] { device_buffer(ctx, most + 1); });
  CHECK(message.find("clCreateBuffer: CL_INVALID_BUFFER_SIZE") == 0);
  CHECK(message.find(ctx.info().name) != std::string::npos);
}

TEST_CASE_FIXTURE(device_fixture, "buffers above 4 GiB work from end to end") {
  const std::uint64_t size = (std::uint64_t{4} << 30) + 4096;
  if (ctx.info().max_allocation_bytes < size || slow())
    CLOTHO_SKIP("the device allocates less than 4 GiB at once, or interprets");
  const device_buffer memory(ctx, size);
  const std::uint64_t mark = 0x0123456789abcdef;
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{1} << 32, size - 8}) {
    q.write(memory, std::as_bytes(std::span(&mark, 1)), at);
    std::uint64_t got = 0;
    q.read(memory, std::as_writable_bytes(std::span(&got, 1)), at);
    CHECK(got == mark);
  }
  const kernel last =
      build_kernel("__kernel void last(__global ulong* x, ulong n) { x[n - 1] += 1; }", "last");
  q.launch(last, 1, memory, std::uint64_t{size / 8});
  std::uint64_t got = 0;
  q.read(memory, std::as_writable_bytes(std::span(&got, 1)), size - 8);
  CHECK(got == mark + 1);
}

TEST_CASE_FIXTURE(device_fixture, "images round-trip whole and by region") {
  if (!ctx.info().images) CLOTHO_SKIP("images");
  for (const std::size_t depth : {std::size_t{0}, std::size_t{3}}) {
    const device_image image(ctx, {4, scalar::u8, true}, 17, 5, depth);
    std::vector<std::byte> sent(image.size_bytes()), got(image.size_bytes());
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::byte>(i * 7);
    q.write(image, sent);
    q.read(image, got);
    CHECK(got == sent);
    std::array<std::byte, 8> pair{};
    q.read(image, {{3, 2, 0}, {2, 1, 1}}, pair);
    CHECK(std::equal(pair.begin(), pair.end(), sent.begin() + (2 * 17 + 3) * 4));
    CHECK(refusal([&] {
            q.read(image, {{16, 0, 0}, {2, 1, 1}}, pair);
          })
          == "cannot read pixels outside the image");
    CHECK(refusal([&] {
            q.read(image, {{0, 0, 0}, {1, 1, 1}}, pair);
          })
          == "cannot read 8 bytes: the region has 4");
  }
  CHECK(refusal([&] {
          device_image(ctx, {3, scalar::u8, true}, 4, 4);
        })
        == "an image has 1, 2 or 4 channels, not 3");
  CHECK(refusal([&] {
          device_image(ctx, {4, scalar::u8, true}, 1 << 30, 4);
        }).find("too large")
        != std::string::npos);
}

TEST_CASE_FIXTURE(device_fixture, "a fill sets every pixel, copies copy them") {
  if (!ctx.info().images) CLOTHO_SKIP("images");
  const device_image a(ctx, {4, scalar::f32, false}, 9, 4), b(ctx, {4, scalar::f32, false}, 9, 4);
  q.fill(a, {0.25f, 0.5f, 0.75f, 1.0f});
  q.copy(a, b);
  std::vector<float> got(9 * 4 * 4);
  q.read(b, std::as_writable_bytes(std::span(got)));
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == 0.25f * static_cast<float>(i % 4 + 1));
}

TEST_CASE_FIXTURE(device_fixture, "the queue measures when asked, and impossible times are not passed on") {
  queue measured(ctx, true);
  const kernel nothing = build_kernel("__kernel void nothing(__global int* x) { x[0] = 1; }", "nothing");
  const event done = measured.launch_with_event(nothing, 1, device_buffer::of<int>(ctx, 1));
  done.wait();
  if (const auto times = done.times()) CHECK(times->run().count() >= 0);
  CHECK_FALSE(plausible_times(1, 2, 10, 9));
  CHECK_FALSE(plausible_times(1, 2, 0, 0));
  CHECK_FALSE(plausible_times(1, 2, 3, 3 + std::uint64_t{86401} * 1000000000));
  CHECK(plausible_times(5, 7, 6, 9)->submitted.count() == 6);
  CHECK(plausible_times(0, 0, 6, 9)->queued.count() == 6);
}
