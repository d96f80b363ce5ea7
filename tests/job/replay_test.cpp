// SPDX-License-Identifier: Apache-2.0
// What a runtime has saved is read and launched again; what somebody has damaged is refused.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/job/replay.hpp>

#include "support/contains.hpp"
#include "support/refusal.hpp"
#include "support/skip.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using test::contains;
using test::refusal;
namespace fs = std::filesystem;

namespace {

constexpr const char* source = R"(
struct pair { int a; float b; };
kernel void saxpy(const float a, global const float* x, global float* y) {
  const size_t i = get_global_id(0);
  y[i] = a * x[i] + y[i];
}
kernel void every(const float3 v, const struct pair p, const uchar c, local int* room, global int* none,
                  global struct pair* pairs, global double2* wide) {
  const size_t i = get_global_id(0);
  room[get_local_id(0)] = p.a;
  pairs[i].b += v.z + p.b + c + room[get_local_id(0)] + OFFSET + (none == 0);
  wide[i - get_global_offset(0)] *= 2;
}
)";

struct pair {
  std::int32_t a;
  float b;
};

/// A folder with the captured launch of a kernel.
struct replay_fixture {
  test::temporary_folder captures;

  [[nodiscard]] fs::path saxpy() const {
    const runtime rt(options());
    const buffer<float> x(rt, std::vector<float>{1, 2, 3, 4}), y(rt, std::vector<float>{10, 20, 30, 40});
    rt.launch(rt.build(source, {.defines = {{"OFFSET", "1"}}}).kernel("saxpy"), 4, 2.0f, x, y);
    rt.wait();
    return captures / "saxpy-0001";
  }
  [[nodiscard]] fs::path every() const {
    const runtime rt(options());
    const buffer<pair> pairs(rt, std::vector<pair>(6, pair{1, 2}));
    const buffer<double> wide(rt, std::vector<double>(8, 1.5));
    rt.launch(rt.build(source, {.defines = {{"OFFSET", "1"}}}).kernel("every"), nd_range(4).offset(2).local(2),
              std::array<float, 3>{0, 0, 1}, pair{7, 2.5f}, std::uint8_t{200}, local_memory::of<int>(2), nullptr, pairs, wide);
    rt.wait();
    return captures / "every-0001";
  }
  [[nodiscard]] fs::path smear() const {
    const runtime rt(options());
    const image<float> from(rt, {.width = 3, .height = 2}, std::vector<float>(24, 0.5f));
    const image<std::uint8_t> to(rt, {.width = 3, .height = 2, .normalized = false}, std::vector<std::uint8_t>(24, 9));
    rt.launch(rt.build(R"(kernel void smear(read_only image2d_t from, sampler_t how, write_only image2d_t to) {
        int2 at = (int2)(get_global_id(0), get_global_id(1));
        write_imageui(to, at, convert_uint4(100 * read_imagef(from, how, (float2)(at.x + 0.3f, at.y))));
      })").kernel("smear"), {3, 1}, from, sampling{.filter = filter_mode::linear, .address = address_mode::clamp}, to);
    rt.wait();
    return captures / "smear-0001";
  }
  [[nodiscard]] runtime_options options() const {
    runtime_options made;
    made.capture = capture_options{.kernels = "*", .folder = captures.path()};
    return made;
  }
};

/// Replaces one text of a file by another.
void edit(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = os::read_text(file);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  os::write_file(file, text.replace(at, from.size(), to));
}

std::string unreadable(const fs::path& folder) {
  try {
    (void)job::read_capture(folder);
  } catch (const format_error& why) {
    return why.what();
  }
  return "read";
}

} // namespace

TEST_CASE_FIXTURE(replay_fixture, "a launch that is replayed writes the same") {
  const job::capture saved = job::read_capture(saxpy());
  CHECK(saved.kernel == "saxpy");
  CHECK(saved.options.defines == macro_list{{"OFFSET", "1"}});
  REQUIRE(saved.buffers.size() == 2);
  CHECK(saved.buffers[1].name == "2_y");
  CHECK(saved.buffers[1].before.type == scalar::f32);
  const job::replay_report report = job::replay(context(), saved, {.repeat = 3});
  CHECK(report.same());
  CHECK(report.launches.size() == 3);
  REQUIRE(report.buffers.size() == 1);
  CHECK(report.buffers[0].buffer == "2_y");
  CHECK(report.buffers[0].compared == 4);
}

TEST_CASE_FIXTURE(replay_fixture, "every kind of argument comes back") {
  const context device;
  if (!device.info().fp64) CLOTHO_SKIP("double");
  const job::capture saved = job::read_capture(every());
  CHECK(saved.range == nd_range(4).offset(2).local(2));
  const job::replay_report report = job::replay(device, saved);
  CHECK(report.same());
  REQUIRE(report.buffers.size() == 2);
  CHECK(report.buffers[0].compared == 6 * sizeof(pair)); // bytes: a struct is no number
  CHECK(report.buffers[1].compared == 8);
}

TEST_CASE_FIXTURE(replay_fixture, "images and samplers come back") {
  const context device;
  if (!device.info().images) CLOTHO_SKIP("images");
  const fs::path folder = smear();
  const job::capture saved = job::read_capture(folder);
  REQUIRE(saved.buffers.size() == 2);
  CHECK(saved.buffers[0].image->format == image_format{4, scalar::f32, true});
  CHECK(saved.buffers[1].image->width == 3);
  CHECK(saved.arguments[1].how == sampling{filter_mode::linear, address_mode::clamp, false});
  CHECK(saved.buffers[1].after->values<std::uint8_t>()[0] != 9);
  CHECK(saved.buffers[1].after->values<std::uint8_t>()[23] == 9); // not written
  CHECK(job::replay(device, saved).same());
  const auto refused = [&](const std::string& from, const std::string& to) {
    const fs::path manifest = folder / "launch.json";
    const std::string before = os::read_text(manifest);
    edit(manifest, from, to);
    const std::string why = unreadable(folder);
    os::write_file(manifest, before);
    return why.substr(why.find(": ") + 2);
  };
  CHECK(refused("\"width\": 3", "\"width\": 4") == "buffers[0].image: such an image takes 128 bytes, not 96");
  CHECK(refused("\"channels\": 4", "\"channels\": 3") == "buffers[0].image: an image has 1, 2 or 4 channels, not 3");
  CHECK(refused("\"clamp\"", "\"clam\"") == "arguments[1].address: there is no addressing mode 'clam'");
  CHECK(refused("\"kind\": \"image\"", "\"kind\": \"buffer\"") == "arguments[0].buffer: buffer 0 is an image");
}

TEST_CASE_FIXTURE(replay_fixture, "what differs is counted, and may be allowed") {
  const fs::path folder = saxpy();
  host_array after{scalar::f32, {4}, os::read_file(folder / "2_y.after.bin")};
  after.values<float>()[2] += 0.5f;
  after.values<float>()[3] = std::numeric_limits<float>::quiet_NaN();
  os::write_file(folder / "2_y.after.bin", after.data);
  job::capture saved = job::read_capture(folder);
  const job::replay_report report = job::replay(context(), saved);
  CHECK_FALSE(report.same());
  CHECK(report.buffers[0].differing == 2);
  CHECK(report.buffers[0].first_index == 2);
  CHECK(report.buffers[0].first_value == 36);
  CHECK(report.buffers[0].first_expected == 36.5);
  saved.buffers[1].after->values<float>()[3] = 48;
  CHECK(job::replay(context(), saved, {.allowed = {0.5, 0}}).same());
  CHECK(job::replay(context(), saved, {.allowed = {0, 0.02}}).same());
  CHECK_FALSE(job::replay(context(), saved, {.allowed = {0.4, 0}}).same());
}

TEST_CASE_FIXTURE(replay_fixture, "the source may be changed, and what no longer builds says so") {
  const fs::path folder = saxpy();
  edit(folder / "kernel.cl", "a * x[i] + y[i]", "a * x[i] - y[i]");
  CHECK_FALSE(job::replay(context(), job::read_capture(folder)).same());
  edit(folder / "kernel.cl", "a * x[i] - y[i]", "a * q[i] - y[i]");
  CHECK_THROWS_AS((void)job::replay(context(), job::read_capture(folder)), build_error);
}

TEST_CASE_FIXTURE(replay_fixture, "only files of the folder itself are read") {
  const fs::path folder = saxpy(), manifest = folder / "launch.json";
  os::write_file(folder.parent_path() / "secret.bin", std::string_view("0123456789abcdef"));
  for (const char* name : {"../secret.bin", "/etc/passwd", "..", ".", "", "a/b", "a\\\\b", ".hidden", "c:x"}) {
    CAPTURE(name);
    const std::string before = os::read_text(manifest);
    edit(manifest, "1_x.before.bin", name);
    CHECK(contains(unreadable(folder), "is no plain file name: only files of the capture are read"));
    os::write_file(manifest, before);
  }
  for (const char* name : {"1_x.before.bin", "kernel.cl"}) {
    fs::rename(folder / name, folder / "elsewhere");
    fs::create_symlink("../secret.bin", folder / name);
    CHECK(contains(unreadable(folder), std::string("'") + name + "' is a link, which may lead anywhere"));
    fs::remove(folder / name);
    fs::rename(folder / "elsewhere", folder / name);
  }
  CHECK(unreadable(folder) == "read");
}

TEST_CASE_FIXTURE(replay_fixture, "a description at odds with itself is refused with its place") {
  const fs::path folder = saxpy(), manifest = folder / "launch.json";
  const auto refused = [&](const std::string& from, const std::string& to) {
    const std::string before = os::read_text(manifest);
    edit(manifest, from, to);
    std::string why = unreadable(folder);
    os::write_file(manifest, before);
    CHECK(why.starts_with(manifest.string() + ":"));
    return why.substr(why.find(": ") + 2);
  };
  CHECK(refused("clotho.capture/1", "clotho.capture/9")
        == "schema: this is 'clotho.capture/9', not 'clotho.capture/1': another version of clotho wrote it");
  CHECK(refused("\"size\": 16", "\"size\": 20") == "buffers[0].before: '1_x.before.bin' has 16 bytes, not the 20 that it should");
  CHECK(contains(refused("\"size\": 16", "\"size\": -1"), "buffers[0].size: a number of 0 or more expected"));
  CHECK(contains(refused("\"size\": 16", "\"size\": 1e9"), "buffers[0].size: a number of 0 or more expected"));
  CHECK(refused("\"buffer\": 1", "\"buffer\": 2") == "arguments[2].buffer: there is no buffer 2; there are 2");
  CHECK(refused("\"bytes\": \"00000040\"", "\"bytes\": \"0040\"") == "arguments[0].bytes: 2 bytes are no float");
  CHECK(refused("\"bytes\": \"00000040\"", "\"bytes\": \"0000004\"") == "arguments[0].bytes: pairs of hexadecimal digits expected");
  CHECK(refused("\"type\": \"float\",\n      \"bytes\"", "\"type\": \"float4\",\n      \"bytes\"")
        == "arguments[0].bytes: 4 bytes are no float4");
  CHECK(refused("\"kind\": \"scalar\"", "\"kind\": \"picture\"") == "arguments[0].kind: there is no kind of argument 'picture'");
  CHECK(refused("\"global\": [4]", "\"global\": []") == "range.global: one to three sizes expected, not 0");
  CHECK(refused("\"kernel\": \"saxpy\"", "\"kernel\": \"dot\"") == "arguments: 'kernel.cl' has no kernel 'dot'");
  CHECK(refused("\"kernel\": \"saxpy\"", "\"kernel\": \"every\"") == "arguments: kernel 'every' takes 7, here are 3");
  CHECK(contains(refused("\"round_up\"", "\"round_upp\""), "unknown key 'round_upp'"));
}

TEST_CASE_FIXTURE(replay_fixture, "a file that is too long is no more read than one that is too short") {
  const fs::path folder = saxpy();
  os::write_file(folder / "1_x.before.bin", std::string(17, 'x'));
  CHECK(contains(refusal([&] { (void)job::read_capture(folder); }), "it holds 17 bytes, more than the 16 allowed here"));
  fs::remove(folder / "1_x.before.bin");
  CHECK_THROWS_AS((void)job::read_capture(folder), io_error);
  CHECK(contains(refusal([&] { (void)job::read_capture(folder.parent_path()); }),
                 "is no capture: it has no launch.json; name the folder of one launch"));
  CHECK_THROWS_AS((void)job::read_capture(folder / "nowhere"), io_error);
}

TEST_CASE_FIXTURE(replay_fixture, "a description cut short or scrambled is refused or read, nothing else") {
  const fs::path folder = every(), manifest = folder / "launch.json";
  const std::string whole = os::read_text(manifest);
  const auto is_read = [&](std::string_view text) {
    os::write_file(manifest, text);
    try {
      (void)job::read_capture(folder);
      return true;
    } catch (const format_error&) {
    } catch (const io_error&) {
    }
    return false;
  };
  for (std::size_t length = 0; length + 2 < whole.size(); length += 7) CHECK_FALSE(is_read(std::string_view(whole).substr(0, length)));
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string text = whole;
    for (int i = 0; i < 3; ++i) text[random() % text.size()] = static_cast<char>(random() % 2 ? whole[random() % whole.size()] : random());
    (void)is_read(text);
  }
  CHECK(is_read(whole));
}

TEST_CASE_FIXTURE(replay_fixture, "build options that make no sense are the capture's fault") {
  const fs::path folder = saxpy();
  edit(folder / "launch.json", "\"OFFSET\"", "\"NO NAME\"");
  CHECK(contains(refusal([&] { (void)job::replay(context(), job::read_capture(folder)); }), "launch.json: build: "));
}

TEST_CASE_FIXTURE(replay_fixture, "a launch that the device cannot do is refused, not crashed on") {
  const fs::path folder = saxpy();
  job::capture saved = job::read_capture(folder);
  saved.range = nd_range(4).local(std::size_t{1} << 40);
  CHECK(contains(refusal([&] { (void)job::replay(context(), saved); }), "cannot replay '" + folder.string() + "' on '"));
  CHECK_THROWS_AS((void)job::replay(context(), saved), capability_error);
  for (const extent& size : {extent{SIZE_MAX, SIZE_MAX, SIZE_MAX}, extent{SIZE_MAX}, extent{0, 5}}) {
    saved.range = nd_range(size).offset(SIZE_MAX);
    (void)refusal([&] { (void)job::replay(context(), saved); });
  }
  saved = job::read_capture(folder);
  std::swap(saved.arguments[0], saved.arguments[1]);
  CHECK_THROWS_AS((void)job::replay(context(), saved), capability_error);
}
