// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <clotho/flow/runtime.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

constexpr std::size_t width = 37, height = 11;

// Picture of what is left of each pixel, turned round; the rows of `keep` and below stay as they are.
constexpr const char* text = R"(
  kernel void shift(read_only image2d_t from, sampler_t how, write_only image2d_t to, int keep) {
    int2 at = (int2)(get_global_id(0), get_global_id(1));
    if (at.y < keep) write_imageui(to, at, 255 - read_imageui(from, how, at - (int2)(1, 0)));
  }
  kernel void half_as_bright(read_only image2d_t from, global float* sums) {
    sampler_t how = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | CLK_FILTER_NEAREST;
    int y = get_global_id(0);
    float sum = 0;
    for (int x = 0; x < get_image_width(from); ++x) sum += read_imagef(from, how, (int2)(x, y)).x * 0.5f;
    sums[y] = sum;
  })";

using pixels = std::vector<std::uint8_t>;

pixels some_pixels() {
  pixels made(width * height * 4);
  for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return made;
}

// The same by plain loops, where pixels beyond the edge are like those at the edge.
void shift(const pixels& from, pixels& to, std::size_t keep) {
  for (std::size_t y = 0; y < std::min(keep, height); ++y)
    for (std::size_t x = 0; x < width; ++x)
      for (std::size_t c = 0; c < 4; ++c)
        to[(y * width + x) * 4 + c] = static_cast<std::uint8_t>(255 - from[(y * width + (x == 0 ? 0 : x - 1)) * 4 + c]);
}

const image_shape shape{.width = width, .height = height, .normalized = false};

void need_images(const runtime& rt) {
  if (!rt.devices()[0].info().images) CLOTHO_SKIP("devices with images");
}

} // namespace

TEST_CASE("images go through kernels and host tasks in order") {
  const runtime rt({.threads = 2});
  need_images(rt);
  const loaded_kernel kernel = rt.build(text).kernel("shift");
  pixels a = some_pixels(), b(a.size(), 9);
  const image<std::uint8_t> from(rt, shape, a), to(rt, shape, b);
  rt.launch(kernel, {width, height}, from, sampling{}, to, 5);
  rt.host([](std::span<std::uint8_t> all) { all[3] = 77; }, inout(to));
  rt.launch(kernel, {width, height}, to, sampling{}, from, 1000);
  shift(a, b, 5);
  b[3] = 77;
  shift(b, a, 1000);
  CHECK(rt.read(to).get() == b);
  CHECK(rt.read(from).get() == a);

  const buffer<std::uint8_t> copied(rt, a.size());
  rt.copy(to, copied);
  rt.fill(to, std::uint8_t{3});
  CHECK(rt.read(copied).get() == b);
  CHECK(rt.read(to).get() == pixels(b.size(), 3));
  rt.write(to, a);
  CHECK(rt.read(to).get() == a);
}

TEST_CASE("graphs use images, and can be given other ones") {
  const runtime rt({.threads = 2});
  need_images(rt);
  const loaded_kernel kernel = rt.build(text).kernel("shift");
  pixels a = some_pixels(), b(a.size(), 1), c(a.size(), 50);
  const image<std::uint8_t> first(rt, shape, a), second(rt, shape, b), other(rt, shape, c);
  std::optional<recorded> node;
  const graph g = rt.record([&](recorder& r) {
    node = r.launch(kernel, {width, height}, first, sampling{}, second, int{height});
    r.host([](std::span<std::uint8_t> all) { all[0] ^= 1; }, inout(second));
    r.launch(kernel, {width, height}, second, sampling{}, first, int{height});
  });
  const auto expect_run = [&](const pixels& from) {
    shift(from, b, height);
    b[0] ^= 1;
    shift(b, a, height);
  };
  g.run(3);
  for (int i = 0; i < 3; ++i) expect_run(a);
  CHECK(rt.read(first).get() == a);
  g.set(*node, arg("from", other));
  g.set(*node, arg("how", sampling{.address = address_mode::clamp_to_edge}));
  g.run();
  expect_run(c);
  CHECK(rt.read(first).get() == a);
  CHECK(contains(refusal([&] { g.set(*node, arg("from", 1)); }), "was recorded as a buffer"));
}

TEST_CASE("all devices of a split launch read an image") {
  const device one = select_device();
  const runtime rt({.device_list = {one, one}, .threads = 2});
  need_images(rt);
  const loaded_kernel kernel = rt.build(text).kernel("half_as_bright");
  std::vector<float> values(width * height);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 64);
  const image<float> from(rt, {.width = width, .height = height, .channels = 1}, values);
  const buffer<float> sums(rt, height);
  rt.launch(split(kernel), height, whole(in(from)), block(out(sums)));
  std::vector<float> expected(height);
  for (std::size_t i = 0; i < values.size(); ++i) expected[i / width] += values[i] * 0.5f;
  CHECK(rt.read(sums).get() == expected);
  CHECK(contains(refusal([&] { rt.launch(split(kernel), height, block(in(from)), block(out(sums))); }), "all or nothing"));
}

TEST_CASE("images and samplers that do not fit are refused at once") {
  const runtime rt({.threads = 1});
  CHECK(contains(refusal([&] { image<float>(rt, {.width = 3, .height = 3, .channels = 3}); }), "1, 2 or 4 channels"));
  CHECK(contains(refusal([&] { image<float>(rt, {.width = 3}); }), "at least one pixel"));
  CHECK(contains(refusal([&] { image<float>(rt, {.width = SIZE_MAX / 4, .height = 9}); }), "larger than any memory"));
  CHECK_THROWS_AS((image<float>(rt, {.width = 2, .height = 1, .channels = 1}, std::vector<float>(3))), argument_error);
  const image<float> small(rt, {.width = 2, .height = 2, .channels = 1});
  const buffer<float> numbers(rt, 4);
  CHECK(contains(refusal([&] { (void)buffer_slice<float>(small).slice(1, 1); }), "a part of an image"));
  const loaded_program program = rt.build(text);
  CHECK(contains(refusal([&] { rt.launch(program.kernel("half_as_bright"), 1, numbers, numbers); }), "cannot be a buffer"));
  CHECK(contains(refusal([&] { rt.launch(program.kernel("half_as_bright"), 1, small, small); }), "cannot be an image"));
  CHECK(contains(refusal([&] { rt.launch(program.kernel("half_as_bright"), 1, small, sampling{}); }), "cannot be a sampler"));
}

TEST_CASE("three dimensions, and formats that are known at run time") {
  const runtime rt({.threads = 1});
  need_images(rt);
  const loaded_kernel kernel = rt.build(R"(
    kernel void layers(read_only image3d_t from, global uint* sums) {
      sampler_t how = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | CLK_FILTER_NEAREST;
      int z = get_global_id(0);
      uint sum = 0;
      for (int y = 0; y < get_image_height(from); ++y)
        for (int x = 0; x < get_image_width(from); ++x) sum += read_imageui(from, how, (int4)(x, y, z, 0)).y;
      sums[z] = sum;
    })").kernel("layers");
  const image<std::byte> from(rt, image_format{4, scalar::u16, false}, {.width = 5, .height = 3, .depth = 4});
  REQUIRE(from.size() == 5 * 3 * 4 * 8);
  rt.host([](std::span<std::byte> bytes) {
    const std::span<std::uint16_t> values(reinterpret_cast<std::uint16_t*>(bytes.data()), bytes.size() / 2);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint16_t>(i);
  }, out(from));
  const buffer<std::uint32_t> sums(rt, 4);
  rt.launch(kernel, 4, from, out(sums));
  std::vector<std::uint32_t> expected(4);
  for (std::uint32_t i = 1; i < 5 * 3 * 4 * 4; i += 4) expected[i / 60] += i;
  CHECK(rt.read(sums).get() == expected);
}
