// SPDX-License-Identifier: Apache-2.0
// What the arguments of a kernel may be, and everything that can be wrong with them.
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/job/array_file.hpp>
#include <clotho/job/npy.hpp>
#include <clotho/job/run.hpp>

#include "kernel_file.hpp"
#include "support/contains.hpp"
#include "support/skip.hpp"

using namespace clotho;
using namespace clotho::job;
using namespace clotho::test;

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
