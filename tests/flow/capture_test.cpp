// SPDX-License-Identifier: Apache-2.0
// What is saved of launches, and what is not.
#include <doctest/doctest.h>

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/flow/detail/launch_capture.hpp>
#include <clotho/flow/runtime.hpp>

#include "support/contains.hpp"
#include "support/refusal.hpp"
#include "support/skip.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using test::contains;
namespace fs = std::filesystem;

namespace {

constexpr const char* source = R"(
struct pair { int a; float b; };
kernel void saxpy(const float a, global const float* x, global float* y) {
  const size_t i = get_global_id(0);
  y[i] = a * x[i] + y[i];
}
kernel void scale(global float* y) { y[get_global_id(0)] *= 2; }
kernel void sum(global const float* x, global const float* y, global float* z) {
  z[get_global_id(0)] = x[get_global_id(0)] + y[get_global_id(0)];
}
kernel void copy(global const float* x, global float* y) { y[get_global_id(0)] = x[get_global_id(0)]; }
kernel void mixed(const float4 v, const struct pair p, const char c, local int* room, global int* none, global uchar* raw) {
  room[get_local_id(0)] = p.a;
  raw[get_global_id(0)] = (uchar)(v.w + p.b + c + room[get_local_id(0)]) + (none == 0);
}
)";

struct pair {
  std::int32_t a;
  float b;
};

struct capture_fixture {
  test::temporary_folder folder;
  std::vector<std::string> said;

  [[nodiscard]] runtime_options options(std::string kernels) {
    runtime_options made;
    made.capture = capture_options{.kernels = std::move(kernels), .folder = folder / "saved"};
    made.log = log_sink([this](log_level level, std::string_view text) {
      if (level >= log_level::warning) said.emplace_back(text);
    });
    return made;
  }
  [[nodiscard]] std::set<std::string> folders() const {
    std::set<std::string> names;
    if (fs::exists(folder / "saved"))
      for (const auto& entry : fs::directory_iterator(folder / "saved")) names.insert(entry.path().filename().string());
    return names;
  }
  [[nodiscard]] std::string text(const std::string& path) const { return os::read_text(folder / "saved" / path); }
  template <class T> [[nodiscard]] std::vector<T> values(const std::string& path) const {
    const os::bytes bytes = os::read_file(folder / "saved" / path);
    std::vector<T> read(bytes.size() / sizeof(T));
    std::memcpy(read.data(), bytes.data(), bytes.size());
    return read;
  }
};

using names = std::set<std::string>;
using floats = std::vector<float>;

} // namespace

TEST_CASE_FIXTURE(capture_fixture, "a launch is saved with what went in and what came out") {
  const runtime rt(options("saxpy"));
  const buffer<float> x(rt, floats{1, 2, 3}), y(rt, floats{10, 20, 30});
  const loaded_kernel saxpy = rt.build(source, {.defines = {{"N", "3"}}, .flags = "-cl-mad-enable"}).kernel("saxpy");
  rt.launch(saxpy, nd_range(3).preferred_local(1), 2.0f, x, y);
  rt.launch(saxpy, 3, 1.0f, x, y);
  CHECK(rt.read(y).get() == floats{13, 26, 39});

  CHECK(folders() == names{"saxpy-0001", "saxpy-0002"});
  CHECK(values<float>("saxpy-0001/1_x.before.bin") == floats{1, 2, 3});
  CHECK(values<float>("saxpy-0001/2_y.before.bin") == floats{10, 20, 30});
  CHECK(values<float>("saxpy-0001/2_y.after.bin") == floats{12, 24, 36});
  CHECK_FALSE(fs::exists(folder / "saved/saxpy-0001/1_x.after.bin"));
  CHECK(values<float>("saxpy-0002/2_y.before.bin") == floats{12, 24, 36});
  CHECK(values<float>("saxpy-0002/2_y.after.bin") == floats{13, 26, 39});
  CHECK(contains(text("saxpy-0001/kernel.cl"), "kernel void saxpy"));
  const std::string launch = text("saxpy-0001/launch.json");
  for (const char* part :
       {R"("schema": "clotho.capture/1")", R"("kernel": "saxpy")", R"("flags": "-cl-mad-enable")", R"("global": [3])",
        R"("preferred_local": [1])", R"("shown": "2")", R"("bytes": "00000040")", R"("after": "2_y.after.bin")"})
    CHECK(contains(launch, part));
  CHECK(said.empty());
}

TEST_CASE_FIXTURE(capture_fixture, "every kind of argument is described") {
  const runtime rt(options("mixed"));
  const buffer<std::uint8_t> raw(rt, std::vector<std::uint8_t>(4, 0));
  rt.launch(rt.build(source).kernel("mixed"), nd_range(4).local(4), std::array<float, 4>{0, 0, 0, 1.5f}, pair{7, 2.5f},
            std::int8_t{-3}, local_memory::of<int>(4), nullptr, raw)
      .get();
  CHECK(rt.read(raw).get() == std::vector<std::uint8_t>(4, 9));
  REQUIRE(folders() == names{"mixed-0001"});
  const std::string launch = text("mixed-0001/launch.json");
  for (const char* part : {R"("type": "float4")", R"("shown": "0,0,0,1.5")", R"("kind": "struct")", R"("bytes": "0700000000002040")",
                           R"("shown": "-3")", R"("kind": "local")", R"("size": 16)", R"("kind": "null")", R"("local": [4])"})
    CHECK(contains(launch, part));
}

TEST_CASE_FIXTURE(capture_fixture, "patterns choose kernels, and the first launches of each") {
  runtime_options wanted = options("sc*, su?");
  wanted.capture->most_per_kernel = 2;
  const runtime rt(wanted);
  const loaded_program program = rt.build(source);
  const buffer<float> y(rt, floats(4, 1)), z(rt, floats(4, 1));
  for (int i = 0; i < 3; ++i) {
    rt.launch(program.kernel("scale"), 4, y);
    rt.launch(program.kernel("saxpy"), 4, 1.0f, z, y);
  }
  rt.launch(program.kernel("sum"), 4, y, y, z);
  rt.wait();
  CHECK(folders() == names{"scale-0001", "scale-0002", "sum-0001"});
}

TEST_CASE_FIXTURE(capture_fixture, "what is there already stays as it is") {
  fs::create_directories(folder / "saved/scale-0001");
  os::write_file(folder / "saved/scale-0002", std::string_view("mine"));
  const runtime rt(options("*"));
  const buffer<float> y(rt, floats(4, 1));
  rt.launch(rt.build(source).kernel("scale"), 4, y).get();
  rt.wait();
  CHECK(folders() == names{"scale-0001", "scale-0002", "scale-0003"});
  CHECK(fs::is_empty(folder / "saved/scale-0001"));
  CHECK(text("scale-0002") == "mine");
}

TEST_CASE_FIXTURE(capture_fixture, "a part of a buffer is saved as the kernel sees it") {
  if (select_device().info().platform_name == "Oclgrind")
    CLOTHO_SKIP("a checker that knows memory as initialised after a second write to other bytes of it");
  const runtime rt(options("*"));
  floats all(2048, 1);
  all[1024] = 5;
  const buffer<float> y(rt, all);
  const loaded_program program = rt.build(source);
  rt.launch(program.kernel("scale"), 2, y.slice(1024, 2)).get();
  rt.launch(program.kernel("copy"), 2, in(y.slice(0, 2)), y.slice(0, 2)).get();
  rt.wait();
  CHECK(values<float>("scale-0001/0_y.before.bin") == floats{5, 1});
  CHECK(values<float>("scale-0001/0_y.after.bin") == floats{10, 2});
  CHECK(folders() == names{"copy-0001", "scale-0001"});
  CHECK(values<float>("copy-0001/0_x.after.bin") == floats{1, 1});
  CHECK_FALSE(fs::exists(folder / "saved/copy-0001/1_y.before.bin"));
}

TEST_CASE_FIXTURE(capture_fixture, "what cannot be saved is said, and the launch goes on") {
  SUBCASE("parts that overlap") {
    const runtime rt(options("*"));
    const buffer<float> y(rt, floats(2048, 1));
    rt.launch(rt.build(source).kernel("copy"), 2, in(y), y.slice(0, 1024)).get();
    rt.wait();
    REQUIRE(said.size() == 1);
    CHECK(said[0] == "kernel 'copy' was not captured: two of its arguments share a part of a buffer; pass the whole buffer, or "
                     "parts that do not overlap");
  }
  SUBCASE("too much") {
    runtime_options wanted = options("*");
    wanted.capture->most_bytes = 2048;
    const runtime rt(wanted);
    const buffer<float> y(rt, floats(512, 1));
    rt.launch(rt.build(source).kernel("scale"), 512, y).get();
    rt.wait();
    REQUIRE(said.size() == 1);
    CHECK(said[0] == "kernel 'scale' was not captured: its buffers take 4 KiB, more than the 2 KiB that one capture may; "
                     "raise CLOTHO_CAPTURE_SIZE or capture_options::most_bytes");
    CHECK(rt.read(y).get()[0] == 2);
  }
  SUBCASE("no place") {
    os::write_file(folder / "saved", std::string_view("a file"));
    const runtime rt(options("*"));
    const buffer<float> y(rt, floats(4, 1));
    rt.launch(rt.build(source).kernel("scale"), 4, y).get();
    rt.wait();
    REQUIRE(said.size() == 1);
    CHECK(contains(said[0], "kernel 'scale' was not captured: cannot create '"));
    return;
  }
  CHECK(folders().empty());
}

TEST_CASE_FIXTURE(capture_fixture, "a launch that fails leaves nothing") {
  const runtime rt(options("*"));
  const buffer<float> y(rt, floats(4, 1));
  auto failing = rt.launch(rt.build(source).kernel("scale"), nd_range(4).local(std::size_t{1} << 40), y);
  CHECK(test::refusal([&] { failing.get(); }) != "not refused");
  rt.wait();
  CHECK(folders().empty());
}

TEST_CASE_FIXTURE(capture_fixture, "until it is complete a capture is hidden, and what a dead process left is not touched") {
  detail::launch_capture one({.kernels = "*", .folder = folder / "saved"}, {}), other({.kernels = "*", .folder = folder / "saved"}, {});
  const fs::path first = one.make_folder("scale"), second = other.make_folder("scale"), third = one.make_folder("scale");
  CHECK(folders().size() == 3);
  for (const std::string& name : folders()) {
    CHECK(name.starts_with(".scale-"));
    CHECK(name.ends_with(".partial"));
  }
  CHECK(one.publish(third, "scale") == folder / "saved/scale-0001");
  CHECK(other.publish(second, "scale") == folder / "saved/scale-0002");
  CHECK(folders() == names{first.filename().string(), "scale-0001", "scale-0002"});
}

TEST_CASE_FIXTURE(capture_fixture, "launches on several threads are all saved, each by itself") {
  const runtime rt(options("*"));
  const loaded_kernel scale = rt.build(source).kernel("scale");
  std::vector<buffer<float>> each;
  for (int i = 0; i < 8; ++i) each.emplace_back(rt, floats(16, static_cast<float>(i)));
  for (const buffer<float>& one : each) rt.launch(scale, 16, one);
  rt.wait();
  std::set<float> firsts;
  for (const std::string& name : folders()) {
    const floats before = values<float>(name + "/0_y.before.bin"), after = values<float>(name + "/0_y.after.bin");
    CHECK(std::equal(before.begin(), before.end(), after.begin(), [](float a, float b) { return 2 * a == b; }));
    firsts.insert(before[0]);
  }
  CHECK(firsts.size() == 8);
}

TEST_CASE_FIXTURE(capture_fixture, "the environment turns it on, unless the program says what it wants") {
  ::setenv("CLOTHO_CAPTURE", "scale", 1);
  ::setenv("CLOTHO_CAPTURE_DIR", (folder / "saved").c_str(), 1);
  ::setenv("CLOTHO_CAPTURE_COUNT", "1", 1);
  const auto launch_twice = [&](const runtime& rt) {
    const buffer<float> y(rt, floats(4, 1));
    for (int i = 0; i < 2; ++i) rt.launch(rt.build(source).kernel("scale"), 4, y);
    rt.wait();
  };
  launch_twice(runtime(options("")));
  CHECK(folders().empty());
  launch_twice(runtime());
  CHECK(folders() == names{"scale-0001"});
  launch_twice(runtime());
  CHECK(folders() == names{"scale-0001", "scale-0002"});
  ::setenv("CLOTHO_CAPTURE_COUNT", "many", 1);
  CHECK(test::refusal([] { const runtime rt; }) == "CLOTHO_CAPTURE_COUNT: 'many' is no number; write 10");
  ::unsetenv("CLOTHO_CAPTURE_COUNT");
  ::setenv("CLOTHO_CAPTURE_SIZE", "much", 1);
  CHECK(contains(test::refusal([] { const runtime rt; }), "'much' is no size"));
  for (const char* name : {"CLOTHO_CAPTURE", "CLOTHO_CAPTURE_DIR", "CLOTHO_CAPTURE_SIZE"}) ::unsetenv(name);
}
