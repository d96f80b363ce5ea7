// SPDX-License-Identifier: Apache-2.0
// Running jobs on a device: results, outputs, repeating.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/job/run.hpp>

#include "damage.hpp"
#include "kernel_file.hpp"
#include "support/contains.hpp"

using namespace clotho;
using namespace clotho::job;
using namespace clotho::test;

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

TEST_CASE("private arrays with an unset local size run") {
  kernel_file file("__kernel void f(__global int* y) { int scratch[1024]; size_t g = get_global_id(0);"
                   " for (int i = 0; i < 1024; ++i) scratch[(i * 7 + g) % 1024] = i;"
                   " int sum = 0; for (int i = 0; i < 1024; ++i) sum += scratch[i]; y[g] = sum; }");
  const auto y = file.with("y=zeros:4096").values<std::int32_t>("y");
  CHECK(std::all_of(y.begin(), y.end(), [](std::int32_t sum) { return sum == 1023 * 1024 / 2; }));
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
    const run_report report = file.with("x=zeros:10")
                                  .with("y=zeros:3")
                                  .with(std::string("at=") + at)
                                  .over({"1"})
                                  .run({"x", "y"}, options);
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
