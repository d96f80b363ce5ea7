// SPDX-License-Identifier: Apache-2.0
// Running jobs on a device, and everything that can be wrong with one.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include <clotho/core/os/file.hpp>
#include <clotho/job/array_file.hpp>
#include <clotho/job/npy.hpp>
#include <clotho/job/run.hpp>

#include "damage.hpp"
#include "support/contains.hpp"
#include "support/skip.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::job;
using namespace clotho::test;

namespace {

constexpr const char* saxpy = R"(
// /// clotho
// kernel = "saxpy"
// global = ["n"]
// args = { n = 1000, a = 2.0, x = "iota:n", y = "fill:n,value=1" }
// flops = "2*n"
// bytes = "12*n"
// ///
__kernel void saxpy(uint n, float a, __global const float* x, __global float* y) {
  size_t i = get_global_id(0);
  if (i < n) y[i] = a * x[i] + y[i];
}
__kernel void scale(__global float* y, float a) { y[get_global_id(0)] *= a; }
)";

// A kernel file in a folder of its own, and how to run it.
struct kernel_file {
  explicit kernel_file(std::string_view text) { os::write_file(what.file = folder / "k.cl", text); }

  kernel_file& with(std::string_view name_and_value) {
    what.given.push_back(parse_named_value(name_and_value));
    return *this;
  }
  kernel_file& over(std::initializer_list<const char*> sizes) {
    what.global.clear();
    for (const char* size : sizes) what.global.push_back(expression::parse(size));
    return *this;
  }
  kernel_file& save(const std::string& name, const std::string& file) {
    what.save.emplace_back(name, folder / file);
    return *this;
  }
  kernel_file& expect(const std::string& name, std::string_view value, double absolute = 0) {
    what.expectations.push_back({name, parse_value(value), absolute, 0, {}});
    return *this;
  }
  run_report run(const std::vector<std::string>& keep = {}, const run_options& options = {}) const {
    return job::run(rt, make_pipeline(what), options, keep);
  }
  host_array result(const std::string& name) const { return run({name}).arrays.at(name); }
  template <class T> std::vector<T> values(const std::string& name) const {
    const host_array array = result(name);
    const auto all = array.values<T>();
    return {all.begin(), all.end()};
  }

  temporary_folder folder;
  bare_kernel what{};
  runtime rt;
};

template <class Error = argument_error> std::string refusal(const kernel_file& file) {
  return message_of<Error>([&] { return file.run(); });
}

} // namespace

TEST_CASE("a bare kernel") {
  kernel_file file(saxpy);
  SUBCASE("runs on what its front matter says") {
    const run_report report = file.run({"y"});
    const auto y = report.arrays.at("y").values<float>();
    REQUIRE(y.size() == 1000);
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == 2 * static_cast<float>(i) + 1);
    REQUIRE(report.steps.size() == 1);
    CHECK(report.steps[0].kernel == "saxpy");
    CHECK(report.steps[0].flops == 2000);
    CHECK(report.steps[0].kernel_bytes == 12000);
    CHECK(report.steps[0].bytes_declared);
    CHECK(report.steps[0].launches.size() == 1);
    const bool shares = file.rt.devices()[0].quirks().has(quirk_action::host_memory_itself);
    CHECK(report.steps[0].upload_bytes == (shares ? 0 : 8000));
    CHECK(report.steps[0].download_bytes == 4000);
  }
  SUBCASE("values given go before defaults, and shapes follow them") {
    CHECK(file.with("n=3").with("a=10").values<float>("y") == std::vector<float>{1, 11, 21});
  }
  SUBCASE("a list of numbers is an array") {
    CHECK(file.with("n=2").with("x=1,2").with("y=0.5,0.25").values<float>("y")
          == std::vector<float>{2.5F, 4.25F});
  }
  SUBCASE("another kernel of the file, over its only array") {
    file.what.kernel = "scale";
    CHECK(file.with("y=1,2,3").with("a=3").values<float>("y") == std::vector<float>{3, 6, 9});
  }
  SUBCASE("bytes that nobody declared are those of the arrays") {
    file.what.kernel = "scale";
    const run_report report = file.with("y=1,2,3").with("a=3").run();
    CHECK(report.steps[0].kernel_bytes == 12);
    CHECK_FALSE(report.steps[0].bytes_declared);
    CHECK_FALSE(report.steps[0].flops);
  }
}

TEST_CASE("files in and out") {
  kernel_file file(saxpy);
  host_array x = make_array(scalar::f32, {4});
  std::iota(x.values<float>().begin(), x.values<float>().end(), 1.0F);
  write_npy(file.folder / "x.npy", x);
  const std::string at_x = "x=@" + (file.folder / "x.npy").string();
  SUBCASE("an array of the kernel's type") {
    const run_report report = file.with("n=4").with(at_x).save("y", "y.npy").run();
    CHECK(report.written == std::vector<std::filesystem::path>{file.folder / "y.npy"});
    const host_array y = read_npy(file.folder / "y.npy");
    CHECK(std::vector<float>(y.values<float>().begin(), y.values<float>().end())
          == std::vector<float>{3, 5, 7, 9});
  }
  SUBCASE("an array of another type, when no value changes") {
    write_npy(file.folder / "x.npy", convert(x, scalar::i64));
    CHECK(file.with("n=4").with(at_x).values<float>("y") == std::vector<float>{3, 5, 7, 9});
  }
  SUBCASE("a raw file takes the kernel's type") {
    write_array(file.folder / "x.bin", x);
    CHECK(file.with("n=4").with("x=@" + (file.folder / "x.bin").string()).values<float>("y")
          == std::vector<float>{3, 5, 7, 9});
  }
  SUBCASE("a value that would change is refused with both types") {
    kernel_file bytes("__kernel void f(__global uchar* y) {}");
    x.values<float>()[2] = 300;
    write_npy(bytes.folder / "x.npy", x);
    const std::string why = refusal(bytes.with("y=@" + (bytes.folder / "x.npy").string()));
    CHECK(contains(why, "argument 'y' (uchar*): "));
    CHECK(contains(why, "holds float, the kernel takes uchar: "));
    CHECK(contains(why, "300"));
  }
  SUBCASE("a file that is not there") {
    const std::string why = refusal<io_error>(file.with("x=@/nowhere/x.npy"));
    CHECK(contains(why, "/nowhere/x.npy"));
  }
  SUBCASE("a truncated file") {
    os::bytes content = os::read_file(file.folder / "x.npy");
    content.resize(content.size() - 3);
    os::write_file(file.folder / "x.npy", content);
    CHECK(contains(refusal<format_error>(file.with("n=4").with(at_x)), "x.npy"));
  }
}

TEST_CASE("scalars keep their type") {
  kernel_file file("__kernel void f(__global ulong* y, ulong n, char c, float4 v, uint3 w) {"
                   " y[0] = n; y[1] = (ulong)(c + 100); y[2] = (ulong)(v.x + 10 * v.w); y[3] = w.z; }");
  file.with("y=zeros:4").with("c=-5").with("v=1,2,3,4").with("w=7,8,9").over({"1"});
  SUBCASE("to the last bit") {
    CHECK(file.with("n=18446744073709551615").values<std::uint64_t>("y")
          == std::vector<std::uint64_t>{18446744073709551615ULL, 95, 41, 9});
  }
  SUBCASE("what does not fit is named with argument and type") {
    CHECK(contains(refusal(file.with("n=-1")), "argument 'n' (ulong): -1 does not fit"));
  }
  SUBCASE("a fraction is no integer") {
    CHECK(contains(refusal(file.with("n=1.5")), "argument 'n' (ulong): "));
  }
  SUBCASE("NaN is no integer") { CHECK(contains(refusal(file.with("n=nan")), "argument 'n' (ulong): ")); }
  SUBCASE("a vector has as many numbers as it has elements") {
    kernel_file vector("__kernel void f(__global float* y, float4 v) {}");
    CHECK(contains(refusal(vector.with("y=zeros:4").with("v=1,2,3")),
                   "argument 'v' (float4): takes 4 numbers, not 3"));
  }
  SUBCASE("a float takes NaN and infinity, and no overflow") {
    kernel_file single("__kernel void f(__global float* y, float a) { y[get_global_id(0)] = a; }");
    single.with("y=zeros:1");
    SUBCASE("nan") { CHECK(std::isnan(single.with("a=nan").values<float>("y")[0])); }
    SUBCASE("inf") { CHECK(std::isinf(single.with("a=-inf").values<float>("y")[0])); }
    SUBCASE("overflow") { CHECK(contains(refusal(single.with("a=1e39")), "argument 'a' (float): ")); }
  }
}

TEST_CASE("vector buffers") {
  kernel_file file("__kernel void f(__global float4* y) { y[get_global_id(0)] += (float4)(1, 2, 3, 4); }");
  SUBCASE("take arrays of whole vectors") {
    CHECK(file.with("y=zeros:8").values<float>("y") == std::vector<float>{1, 2, 3, 4, 1, 2, 3, 4});
  }
  SUBCASE("and no others") {
    CHECK(contains(refusal(file.with("y=zeros:7")),
                   "argument 'y' (float4*): 7 numbers make no whole float4, of 4 each"));
  }
  SUBCASE("without a shape have one vector a work-item") {
    CHECK(file.with("y=zeros:").over({"3"}).result("y").shape == std::vector<std::size_t>{3, 4});
  }
}

TEST_CASE("structs are bytes") {
  kernel_file file(
      "typedef struct { int a; float b; } pair; "
      "__kernel void f(__global pair* y) { y[get_global_id(0)].a = 7; y[get_global_id(0)].b = 1.0f; }");
  const host_array y = file.with("y=zeros:2").over({"2"}).result("y");
  CHECK(y.type == scalar::u8);
  CHECK(y.shape == std::vector<std::size_t>{2, 8});
  std::int32_t a = 0;
  std::memcpy(&a, y.data.data() + 8, sizeof a);
  CHECK(a == 7);
}

TEST_CASE("local memory") {
  kernel_file file("__kernel void f(__global int* y, __local int* tmp) {"
                   " tmp[get_local_id(0)] = (int)get_global_id(0); barrier(CLK_LOCAL_MEM_FENCE);"
                   " y[get_global_id(0)] = tmp[get_local_size(0) - 1 - get_local_id(0)]; }");
  file.with("y=zeros:8");
  file.what.local = {expression::parse("4")};
  SUBCASE("is given as a size") {
    CHECK(file.with("tmp=local:16").values<std::int32_t>("y")
          == std::vector<std::int32_t>{3, 2, 1, 0, 7, 6, 5, 4});
  }
  SUBCASE("more than the device has is refused, not a crash") {
    CHECK(contains(refusal<capability_error>(file.with("tmp=local:1G")), "of local memory"));
  }
  SUBCASE("needs a size") {
    CHECK(contains(refusal(file.with("tmp=zeros:4")),
                   "argument 'tmp' (int*) is local memory: give its size in bytes, as in local:4K"));
  }
}

TEST_CASE("a null pointer") {
  kernel_file file(
      "__kernel void f(__global int* y, __global const int* x) { y[get_global_id(0)] = x ? 1 : 2; }");
  CHECK(file.with("y=zeros:2").with("x=null").values<std::int32_t>("y") == std::vector<std::int32_t>{2, 2});
}

TEST_CASE("private arrays with an unset local size run") {
  kernel_file file("__kernel void f(__global int* y) { int scratch[1024]; size_t g = get_global_id(0);"
                   " for (int i = 0; i < 1024; ++i) scratch[(i * 7 + g) % 1024] = i;"
                   " int sum = 0; for (int i = 0; i < 1024; ++i) sum += scratch[i]; y[g] = sum; }");
  const auto y = file.with("y=zeros:4096").values<std::int32_t>("y");
  CHECK(std::all_of(y.begin(), y.end(), [](std::int32_t sum) { return sum == 1023 * 1024 / 2; }));
}

TEST_CASE("images") {
  kernel_file file(R"(
    __kernel void invert(read_only image2d_t src, write_only image2d_t dst, sampler_t s) {
      int2 at = (int2)(get_global_id(0), get_global_id(1));
      float4 p = read_imagef(src, s, at);
      write_imagef(dst, at, (float4)(1.0f - p.x, 1.0f - p.y, 1.0f - p.z, 1.0f));
    })");
  if (!file.rt.devices()[0].info().images) CLOTHO_SKIP("images");
  host_array picture = make_array(scalar::u8, {2, 3, 3});
  for (std::size_t i = 0; i < picture.element_count(); ++i)
    picture.values<std::uint8_t>()[i] = static_cast<std::uint8_t>(10 * i);
  write_array(file.folder / "in.png", picture);
  file.with("src=@" + (file.folder / "in.png").string()).with("s=sampler:nearest");
  SUBCASE("of 3 channels travel as 4, and come back as 3; the output is like the input") {
    file.over({"src.w", "src.h"}).save("dst", "out.png").run();
    const host_array out = read_array(file.folder / "out.png");
    REQUIRE(out.shape == picture.shape);
    for (std::size_t i = 0; i < out.element_count(); ++i)
      CHECK(out.values<std::uint8_t>()[i] == 255 - picture.values<std::uint8_t>()[i]);
  }
  SUBCASE("give the range when nobody says it") { CHECK(file.result("dst").shape == picture.shape); }
  SUBCASE("have two dimensions and channels") {
    CHECK(contains(refusal(file.with("dst=zeros:5").over({"src.w", "src.h"})),
                   "an image of 2 dimensions has the shape (h, w) or (h, w, c), not (5,)"));
  }
}

TEST_CASE("images of whole numbers") {
  kernel_file file(R"(
    __constant sampler_t s = CLK_NORMALIZED_COORDS_FALSE | CLK_FILTER_NEAREST | CLK_ADDRESS_CLAMP_TO_EDGE;
    __kernel void read(read_only image2d_t src, __global uint* y) {
      int2 at = (int2)(get_global_id(0), get_global_id(1));
      y[at.y * 2 + at.x] = read_imageui(src, s, at).x;
    })");
  if (!file.rt.devices()[0].info().images) CLOTHO_SKIP("images");
  host_array picture = make_array(scalar::u8, {2, 2, 4});
  for (std::size_t i = 0; i < 4; ++i)
    picture.values<std::uint8_t>()[4 * i] = static_cast<std::uint8_t>(i + 5);
  write_npy(file.folder / "in.npy", picture);
  CHECK(file.with("src=@" + (file.folder / "in.npy").string()).with("y=zeros:4").values<std::uint32_t>("y")
        == std::vector<std::uint32_t>{5, 6, 7, 8});
}

TEST_CASE("what is wrong with a kernel's arguments is said before it runs") {
  kernel_file file(saxpy);
  SUBCASE("a kernel that is not there") {
    file.what.kernel = "saxpi";
    CHECK(contains(refusal(file), "there is no kernel 'saxpi' in "));
    CHECK(contains(refusal(file), "; it has saxpy, scale. Did you mean 'saxpy'?"));
  }
  SUBCASE("several kernels and none named") {
    kernel_file two("__kernel void a() {} __kernel void b() {}");
    CHECK(contains(refusal(two), "has several kernels: a, b; name one, as in "));
  }
  SUBCASE("no kernels") { CHECK(contains(refusal(kernel_file("int f() { return 1; }")), "has no kernels")); }
  SUBCASE("an unknown argument") {
    CHECK(refusal(file.with("m=3")) == "kernel 'saxpy' has no argument 'm'; it has n, a, x, y");
    kernel_file word("__kernel void f(__global float* output) {}");
    CHECK(contains(refusal(word.with("outptu=zeros:1")), "Did you mean 'output'?"));
  }
  SUBCASE("missing values, all of them") {
    kernel_file bare("__kernel void f(uint n, __global const float* x, __local int* t) {}");
    CHECK(refusal(bare)
          == "kernel 'f' needs values for n (uint), x (float*), t (int*); as in n=1 x=zeros:1024 t=local:4K");
  }
  SUBCASE("a value given twice") {
    CHECK(refusal(file.with("n=1").with("n=2")) == "argument 'n' is given twice");
  }
  SUBCASE("an array where a number belongs") {
    CHECK(refusal(file.with("n=zeros:4")) == "argument 'n' (uint) takes a number");
  }
  SUBCASE("local memory where an array belongs") {
    CHECK(contains(refusal(file.with("x=local:4K")), "argument 'x' (float*) takes an array"));
  }
  SUBCASE("saving what is only read") {
    const std::string why = refusal(file.save("x", "x.npy"));
    CHECK(why == "cannot save 'x': kernel 'saxpy' only reads it (const float*)");
    CHECK_FALSE(std::filesystem::exists(file.folder / "x.npy"));
  }
  SUBCASE("saving what is no array") {
    CHECK(refusal(file.save("n", "n.npy"))
          == "cannot save 'n': kernel 'saxpy' takes it as a value, not as an array; its arrays are x, y");
  }
  SUBCASE("no range can be told") {
    kernel_file two("__kernel void f(__global float* x, __global float* y) {}");
    CHECK(contains(refusal(two.with("x=zeros:3").with("y=zeros:4")),
                   "how many work-items should kernel 'f' have? Give the global size by -g"));
  }
  SUBCASE("a range that depends on itself") {
    kernel_file loop("__kernel void f(__global float* x) {}");
    CHECK(contains(refusal(loop.with("x=zeros:")), "depends on"));
  }
  SUBCASE("an unknown name in a size") { CHECK(contains(refusal(file.over({"m"})), "global size: ")); }
  SUBCASE("a number that is defined by itself") {
    CHECK(contains(refusal(file.with("n=$a+1").with("a=$n+1")), "is defined by itself"));
  }
}

TEST_CASE("outputs are checked before anything runs") {
  kernel_file file(saxpy);
  SUBCASE("a folder that is not there") {
    const std::string why = refusal<io_error>(file.save("y", "no/such/y.npy"));
    CHECK(contains(why, "there is no folder '"));
    CHECK(contains(why, "; create it first"));
  }
  SUBCASE("a folder") {
    std::filesystem::create_directory(file.folder / "y.npy");
    CHECK(contains(refusal<io_error>(file.save("y", "y.npy")), "it is a folder, not a file"));
  }
  SUBCASE("an unknown format") {
    CHECK(contains(refusal(file.save("y", "y.jpg")), "unknown extension '.jpg'"));
  }
  SUBCASE("a format that cannot hold the array") {
    CHECK(contains(refusal(file.save("y", "y.png")),
                   "a PNG holds u8 or u16 of shape (h, w) or (h, w, 1 to 4), not f32"));
  }
  SUBCASE("one file for two arrays") {
    kernel_file two("__kernel void f(__global float* x, __global float* y) {}");
    two.with("x=zeros:3").with("y=zeros:3").save("x", "a.npy").save("y", "a.npy");
    CHECK(contains(refusal(two), "'x' and 'y' cannot both be written to"));
  }
  SUBCASE("nothing is left behind by the check") {
    (void)refusal(file.save("y", "y.npy").with("n=-1"));
    CHECK(std::distance(std::filesystem::directory_iterator(file.folder.path()), {}) == 1);
  }
}

TEST_CASE("a buffer larger than the device takes is refused before the host makes it") {
  kernel_file file("__kernel void f(__global uchar* y) {}");
  const std::string too_many = std::to_string(file.rt.devices()[0].info().max_allocation_bytes + 1);
  CHECK(contains(refusal<capability_error>(file.with("y=zeros:" + too_many)), "which allocates at most"));
}

TEST_CASE("an array with more elements than numbers have") {
  kernel_file file("__kernel void f(__global uchar* y) {}");
  CHECK(contains(refusal(file.with("y=zeros:9000000000000000x9000000000000000")),
                 "more elements than memory can have"));
}

TEST_CASE("a kernel that does not build") {
  kernel_file file("__kernel void f(__global float* y) { y[0] = undeclared; }");
  try {
    (void)file.with("y=zeros:1").run();
    FAIL("it did build");
  } catch (const build_error& why) {
    REQUIRE_FALSE(why.diagnostics().empty());
    CHECK(why.diagnostics()[0].where.line == 1);
  }
}

TEST_CASE("expectations") {
  kernel_file file(saxpy);
  file.with("n=4");
  SUBCASE("that hold") {
    const run_report report = file.expect("y", "1,3,5,7").run();
    REQUIRE(report.expectations.size() == 1);
    CHECK(report.expectations[0].holds);
    CHECK(report.expectations[0].expected == "1,3,5,7");
  }
  SUBCASE("that fail do not keep outputs from being written") {
    const run_report report = file.expect("y", "1,3,5,8").save("y", "y.npy").run();
    CHECK_FALSE(report.expectations[0].holds);
    CHECK(report.expectations[0].first_index == 3);
    CHECK(std::filesystem::exists(file.folder / "y.npy"));
  }
  SUBCASE("of one number, with a tolerance") { CHECK(file.expect("y", "4", 3).run().expectations[0].holds); }
  SUBCASE("of a list of another length") {
    CHECK(file.expect("y", "1,2").run().expectations[0].problem == "its shape is (4,), expected (2,)");
  }
  SUBCASE("of an array that is not there") {
    CHECK(contains(refusal(file.expect("z", "1")), "cannot compare 'z'"));
  }
  SUBCASE("of a file that is not there stop the run before it starts") {
    (void)refusal<io_error>(file.expect("y", "@/nowhere/ref.npy").save("y", "y.npy"));
    CHECK_FALSE(std::filesystem::exists(file.folder / "y.npy"));
  }
}

TEST_CASE("repeating for the clock gives the result of one run") {
  kernel_file file(saxpy);
  run_options options;
  options.repeat = 5;
  options.warmup = 2;
  std::size_t calls = 0;
  options.progress = [&](std::size_t done, std::size_t all, const std::string& step) {
    CHECK(done == ++calls);
    CHECK(all == 7);
    CHECK(step == "saxpy");
  };
  const run_report report = file.with("n=3").run({"y"}, options);
  CHECK(calls == 7);
  CHECK(report.steps[0].launches.size() == 5);
  const auto y = report.arrays.at("y").values<float>();
  CHECK(std::vector<float>(y.begin(), y.end()) == std::vector<float>{1, 3, 5});
}

TEST_CASE("a stop request ends a run between launches, and no file is touched") {
  kernel_file file(saxpy);
  os::write_file(file.folder / "y.npy", "as it was");
  file.with("n=3").save("y", "y.npy");
  std::atomic<bool> stop{false};
  run_options options;
  options.repeat = 100;
  options.stop = &stop;
  options.progress = [&](std::size_t done, std::size_t, const std::string&) { stop = done == 3; };
  CHECK(message_of<interrupted>([&] { return file.run({}, options); })
        == "interrupted; no output was written");
  CHECK(os::read_text(file.folder / "y.npy") == "as it was");
}

TEST_CASE("a launch is repeated as long as the caller wants") {
  kernel_file file(saxpy);
  file.with("n=3").with("y=1,1,1");
  std::size_t seen = 0;
  run_options options;
  options.again = [&](std::chrono::nanoseconds) { return ++seen < 7; };
  SUBCASE("results are those of one launch") {
    const run_report report = file.run({"y"}, options);
    CHECK(seen == 7);
    CHECK(report.steps[0].launches.size() == 7);
    CHECK(report.steps[0].work_items == 3);
    CHECK(report.arrays.at("y").values<float>()[2] == 5);
  }
  SUBCASE("of each launch, when memory is put back before") {
    options.restore_each = true;
    const run_report report = file.run({"y"}, options);
    CHECK(report.steps[0].launches.size() == 7);
    CHECK(report.arrays.at("y").values<float>()[2] == 5);
  }
}

TEST_CASE("macros that are numbers are names for sizes") {
  kernel_file file(R"(
// /// clotho
// global = ["n / ITEMS"]
// local = ["WG"]
// args = { n = 24, y = "zeros:n+EXTRA" }
// defines = { EXTRA = 1, T = "float" }
// tune = { WG = [4, 2], ITEMS = [3, 1] }
// ///
__kernel void f(uint n, __global T* y) {
  for (uint i = 0; i < ITEMS; ++i) y[get_global_id(0) * ITEMS + i] = get_local_size(0);
})");
  SUBCASE("those that are tuned are the first of their choices") {
    const std::vector<float> y = file.values<float>("y");
    REQUIRE(y.size() == 25);
    CHECK(y[23] == 4);
    CHECK(y[24] == 0);
  }
  SUBCASE("unless the caller defines them") {
    file.what.defines = {{"WG", "2"}};
    CHECK(file.values<float>("y")[0] == 2);
  }
}

TEST_CASE("guards tell what is written beside an array") {
  constexpr const char* text = R"(
__kernel void f(__global int* x, __global char* y, int at) { x[at] = 1; y[0] = 2; }
__kernel void g(__global float4* z, __write_only image2d_t img) { z[-1] = (float4)(7); }
)";
  kernel_file file(text);
  run_options options;
  options.guard_bytes = 4096;
  const auto overruns = [&](const char* at) {
    file.what.given.clear();
    file.what.kernel = "f";
    const run_report report = file.with("x=zeros:10").with("y=zeros:3").with(std::string("at=") + at).over({"1"}).run({"x", "y"}, options);
    CHECK(report.arrays.at("y").values<std::int8_t>()[0] == 2);
    CHECK(report.arrays.at("x").element_count() == 10);
    return report.overruns;
  };
  CHECK(overruns("9").empty());
  CHECK(overruns("10") == std::vector<std::string>{"'x' behind its end"});
  CHECK(overruns("1000") == std::vector<std::string>{"'x' behind its end"});
  CHECK(overruns("-1") == std::vector<std::string>{"'x' before its begin"});
  file.what.given.clear();
  file.what.kernel = "g";
  CHECK(file.with("z=zeros:2x4").with("img=zeros:2x2").over({"1"}).run({}, options).overruns
        == std::vector<std::string>{"'z' before its begin"});
}
