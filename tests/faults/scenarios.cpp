// SPDX-License-Identifier: Apache-2.0
#include "scenarios.hpp"

#include <algorithm>
#include <numeric>

#include <clotho/core/error.hpp>
#include <clotho/runtime/binary_cache.hpp>
#include <clotho/runtime/native.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "support/temporary_folder.hpp"

namespace clotho::test {
namespace {

constexpr const char* add_source = "__kernel void add(__global int* x) { x[get_global_id(0)] += V; }";

void expect(bool right, const std::string& what) {
  if (!right) throw wrong_result(what);
}

context open(bench& with, context_options options = {}) {
  options.log = with.log();
  return context(with.target(), std::move(options));
}

std::vector<int> counted(std::size_t n) {
  std::vector<int> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

std::vector<int> read_all(queue& q, const device_buffer& from) {
  std::vector<int> numbers(from.size_bytes() / sizeof(int));
  q.read(from, std::span<int>(numbers));
  return numbers;
}

/// Bytes there and back.
void round_trip(const context& ctx, std::size_t n) {
  queue q(ctx);
  const std::vector<int> sent = counted(n);
  const device_buffer x = device_buffer::of<int>(ctx, n);
  q.write(x, std::span(sent));
  expect(read_all(q, x) == sent, "what was read is not what was written");
}

program build_add(const context& ctx, const char* value) {
  return program::build(ctx, flatten_source("add.cl", add_source), {.defines = {{"V", value}}});
}

void run_add(const context& ctx, const program& built, int value) {
  queue q(ctx);
  const device_buffer x = device_buffer::of<int>(ctx, 8);
  q.fill(x, 5);
  q.launch(built.get_kernel("add"), 8, x);
  expect(read_all(q, x) == std::vector<int>(8, 5 + value), "the kernel's sum is wrong");
}

void discover_devices(bench& with) {
  const discovery found = discover();
  for (const platform_problem& problem : found.problems) with.report(problem.platform + ": " + problem.what);
  expect(!found.devices.empty() || !found.problems.empty(), "no device, and no problem");
  for (const device& each : found.devices) {
    expect(each.name() == with.target().name(), "the device has another name");
    expect(each.quirks().all().size() == with.target().quirks().all().size(), "quirks are missing");
    round_trip(context(each, {.log = with.log()}), 8);
  }
}

void open_and_close(bench& with) {
  const context ctx = open(with);
  const queue plain(ctx), measuring(ctx, true);
}

void write_and_read(bench& with) { round_trip(open(with), 1000); }

// Pinned memory outlives a failing read; what it holds then must not go to memory that its reader gave up.
void write_and_read_staged(bench& with) {
  const context ctx = open(with, {.log = {}, .cache = {}, .transfers = transfer_mode::staged});
  queue q(ctx);
  const std::vector<int> sent = counted(std::size_t{9} << 18);
  std::vector<int> got(sent.size());
  const device_buffer x = device_buffer::of<int>(ctx, sent.size());
  q.write(x, std::span(sent));
  try {
    q.read(x, std::span(got));
  } catch (const error&) {
    const std::vector<int> given_up(got.size(), -1);
    got = given_up;
    expect(read_all(q, x) == sent, "what was read after a failure is not what was written");
    expect(got == given_up, "a later read wrote where the one that failed should have");
    throw;
  }
  expect(got == sent, "what was read is not what was written");
}

void write_and_read_async(bench& with) {
  const context ctx = open(with);
  const std::vector<int> sent = counted(256);
  std::vector<int> got(sent.size());
  queue q(ctx);
  const device_buffer x = device_buffer::of<int>(ctx, sent.size());
  const event written = q.write_async(x, std::as_bytes(std::span(sent)));
  const event read = q.read_async(x, std::as_writable_bytes(std::span(got)));
  q.flush();
  q.marker().wait();
  expect(written.complete() && read.complete(), "a marker came before what it marks");
  expect(got == sent, "what was read is not what was written");
}

void fill_and_copy(bench& with) {
  const context ctx = open(with);
  queue q(ctx);
  const device_buffer a = device_buffer::of<int>(ctx, 100), b = device_buffer::of<int>(ctx, 100);
  q.fill(a, 7);
  q.fill(b, 1);
  q.copy(a, b, 200, 0, 200);
  q.finish();
  std::vector<int> right(100, 1);
  std::fill(right.begin() + 50, right.end(), 7);
  expect(read_all(q, b) == right, "the copy is wrong");
}

void map_memory(bench& with) {
  const context ctx = open(with);
  queue q(ctx);
  const device_buffer x = device_buffer::of<int>(ctx, 64);
  q.fill(x, 3);
  {
    const mapping seen = q.map(x);
    expect(seen.as<int>()[63] == 3, "the mapped memory is wrong");
    seen.as<int>()[63] = 4;
  }
  mapping again = q.map(x, map_access::read);
  expect(again.as<int>()[63] == 4, "what the host wrote is gone");
  again = q.map(x, map_access::read, 0, 16);
  expect(again.as<int>()[3] == 3, "the second mapping is wrong");
}

void slice_memory(bench& with) {
  const context ctx = open(with);
  queue q(ctx);
  const std::size_t align = ctx.info().base_address_align_bytes;
  const device_buffer whole(ctx, 4 * align);
  q.fill(whole, std::as_bytes(std::span("\0", 1)), 0, whole.size_bytes());
  const device_buffer part = whole.slice(align, 2 * align).slice(align, align);
  q.fill(part, std::as_bytes(std::span("\1", 1)), 0, align);
  std::vector<char> got(4 * align);
  q.read(whole, std::span<char>(got));
  expect(std::count(got.begin(), got.end(), 1) == static_cast<std::ptrdiff_t>(align) && got[2 * align] == 1
             && got[3 * align - 1] == 1,
         "the slice lies elsewhere");
}

void use_host_memory(bench& with) {
  const context ctx = open(with);
  alignas(4096) std::array<int, 1024> mine{};
  const program built = build_add(ctx, "1");
  queue q(ctx);
  const device_buffer x = device_buffer::over(ctx, std::as_writable_bytes(std::span(mine)));
  q.launch(built.get_kernel("add"), mine.size(), x);
  expect(q.map(x, map_access::read).as<int>()[1023] == 1, "the kernel's sum is wrong");
}

void move_images(bench& with) {
  const context ctx = open(with);
  queue q(ctx);
  const device_image a(ctx, {4, scalar::u8, true}, 8, 8), b(ctx, {4, scalar::u8, true}, 8, 8);
  std::vector<std::byte> sent(a.size_bytes()), got(a.size_bytes());
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::byte>(i);
  q.write(a, sent);
  q.copy(a, b);
  q.read(b, got);
  expect(got == sent, "the image is wrong");
  const device_image solid(ctx, {4, scalar::f32, false}, 4, 4, 2);
  q.fill(solid, {1, 2, 3, 4});
  std::vector<float> pixels(solid.size_bytes() / sizeof(float));
  q.read(solid, std::as_writable_bytes(std::span(pixels)));
  expect(pixels[pixels.size() - 2] == 3, "the filled image is wrong");
}

void sample_image(bench& with) {
  const context ctx = open(with);
  const program built = program::build(
      ctx, flatten_source("sample.cl", "__kernel void pick(read_only image2d_t from, sampler_t how, "
                                       "__global float* to) { to[0] = read_imagef(from, how, "
                                       "(float2)(2.5f, 9.5f)).x; }"));
  queue q(ctx);
  const device_image from(ctx, {4, scalar::f32, false}, 4, 4);
  const device_buffer to = device_buffer::of<float>(ctx, 1);
  q.fill(from, {6, 0, 0, 0});
  // The sampler is gone before the kernel runs; PoCL 3.1 alone would read what it left.
  q.launch(built.get_kernel("pick"), 1, from, sampler(ctx), to);
  float got = 0;
  q.read(to, std::span(&got, 1));
  expect(got == 6, "the sampled pixel is wrong");
}

void build_from_source(bench& with) {
  const context ctx = open(with);
  run_add(ctx, build_add(ctx, "1"), 1);
}

void build_with_time_limit(bench& with) {
  const context ctx = open(with);
  const program built = program::build(ctx, flatten_source("add.cl", add_source),
                                       {.defines = {{"V", "1"}}, .timeout = std::chrono::minutes(2)});
  run_add(ctx, built, 1);
}

void build_through_cache(bench& with) {
  const temporary_folder folder;
  const auto cache = std::make_shared<binary_cache>(folder / "programs");
  for (int turn = 0; turn < 2; ++turn) {
    const context ctx = open(with, {.log = {}, .cache = cache});
    run_add(ctx, build_add(ctx, "2"), 2);
  }
}

void store_in_background(bench& with) {
  const temporary_folder folder;
  inline_executor background;
  const auto cache = std::make_shared<binary_cache>(folder / "programs");
  const context ctx = open(with, {.log = {}, .cache = cache, .background = &background});
  run_add(ctx, build_add(ctx, "2"), 2);
  queue(ctx).finish();
}

void rebuild_from_binary(bench& with) {
  const context ctx = open(with);
  const os::bytes code = build_add(ctx, "3").binary();
  run_add(ctx, program::from_binary(ctx, code), 3);
}

void launch_and_measure(bench& with) {
  const context ctx = open(with);
  const program built = program::build(
      ctx,
      flatten_source("kinds.cl", "typedef float real; __kernel void kinds(__global const real* x, float4 "
                                 "v, int n, __local real* room, __constant float* c, __global real* y) "
                                 "{ int i = get_global_id(0); room[get_local_id(0)] = x[i]; "
                                 "y[i] = room[get_local_id(0)] * v.w + n + c[1]; }"));
  queue q(ctx, true);
  const std::vector<float> ones(64, 1.0f);
  const device_buffer x = device_buffer::of<float>(ctx, 64), y = device_buffer::of<float>(ctx, 64),
                      c = device_buffer::of<float>(ctx, 2);
  q.write(x, std::span(ones));
  q.fill(c, 10.0f);
  const event done =
      q.launch_with_event(built.get_kernel("kinds"), nd_range(64).local(8), x,
                          std::array<float, 4>{0, 0, 0, 2}, 3, local_memory{8 * sizeof(float)}, c, y);
  done.wait();
  expect(done.complete(), "an event that was waited for is not complete");
  if (const auto times = done.times()) expect(times->run().count() >= 0, "a kernel ended before it began");
  std::vector<float> got(64);
  q.read(y, std::span<float>(got));
  expect(got == std::vector<float>(64, 15.0f), "the kernel's result is wrong");
}

void launch_repeatedly(bench& with) {
  const context ctx = open(with);
  const kernel add = build_add(ctx, "1").get_kernel("add");
  queue q(ctx);
  const device_buffer x = device_buffer::of<int>(ctx, 64);
  q.fill(x, 0);
  for (int turn = 0; turn < 3; ++turn) q.launch(add, 64, arg("x", x));
  q.launch_with_event(add, nd_range(0), x).wait();
  expect(read_all(q, x) == std::vector<int>(64, 3), "the kernel's sum is wrong");
}

// PoCL builds one program at a time unless the quirk that says so is off.
void build_on_threads(bench& with) {
  const context ctx(with.without_quirks(), {.log = with.log()});
  thread_pool pool(2);
  std::vector<build_request> requests;
  for (const char* value : {"1", "2"})
    requests.push_back({flatten_source("add.cl", add_source), {.defines = {{"V", value}}}});
  const std::vector<program> built = build_all(ctx, requests, pool);
  for (std::size_t i = 0; i < built.size(); ++i) run_add(ctx, built[i], static_cast<int>(i) + 1);
}

void adopt_objects(bench& with) {
  const context ctx = open(with);
  queue q(ctx);
  const device_buffer mine = device_buffer::of<int>(ctx, 8);
  q.fill(mine, 1);
  {
    const context adopted =
        native::adopt_context(native::handle(ctx), native::handle(ctx.target()), {.log = with.log()});
    queue borrowed = native::adopt_queue(adopted, native::handle(q));
    borrowed.fill(native::adopt_buffer(adopted, native::handle(mine)), 2);
  }
  expect(read_all(q, mine) == std::vector<int>(8, 2), "the adopted buffer is another");
}

void divide_device(bench& with) {
  if (with.target().info().max_sub_devices < 2) return;
  const std::vector<device> parts = with.target().partition(1);
  expect(parts.size() == with.target().info().compute_units, "sub-devices are missing");
  for (const device& part : parts) {
    expect(part.quirks().all().size() == with.target().quirks().all().size(), "quirks are missing");
    round_trip(context(part, {.log = with.log()}), 8);
  }
}

constexpr std::array scenarios{
    scenario{"discover", discover_devices},
    scenario{"context and queue", open_and_close},
    scenario{"write and read", write_and_read},
    scenario{"write and read, staged", write_and_read_staged},
    scenario{"write and read, asynchronous", write_and_read_async},
    scenario{"fill and copy", fill_and_copy},
    scenario{"map", map_memory},
    scenario{"slice", slice_memory},
    scenario{"host memory", use_host_memory},
    scenario{"images", move_images},
    scenario{"sampler", sample_image},
    scenario{"build from source", build_from_source},
    scenario{"build with a time limit", build_with_time_limit},
    scenario{"cache miss, cache hit", build_through_cache},
    scenario{"cache, in the background", store_in_background},
    scenario{"binary round trip", rebuild_from_binary},
    scenario{"launch, event, profiling", launch_and_measure},
    scenario{"repeated launches", launch_repeatedly},
    scenario{"build_all on a thread pool", build_on_threads},
    scenario{"adopted objects", adopt_objects},
    scenario{"sub-devices", divide_device},
};

} // namespace

void bench::report(std::string_view text) {
  const std::lock_guard lock(mutex_);
  reports_.emplace_back(text);
}

std::vector<std::string> bench::take_reports() {
  const std::lock_guard lock(mutex_);
  return std::exchange(reports_, {});
}

std::span<const scenario> all_scenarios() { return scenarios; }

} // namespace clotho::test
