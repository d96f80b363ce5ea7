// SPDX-License-Identifier: Apache-2.0
// Running pipelines of several steps.
#include <doctest/doctest.h>

#include <clotho/core/os/file.hpp>
#include <clotho/job/npy.hpp>
#include <clotho/job/run.hpp>

#include "damage.hpp"
#include "support/contains.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::job;
using namespace clotho::test;

namespace {

// A pipeline in a folder with its kernels.
struct pipeline_folder {
  pipeline_folder(std::string_view toml, std::initializer_list<std::pair<const char*, const char*>> files) {
    os::write_file(folder / "job.toml", toml);
    for (const auto& [name, text] : files) os::write_file(folder / name, text);
  }
  pipeline read() const { return read_pipeline(folder / "job.toml"); }
  run_report run(const std::vector<std::string>& keep = {}, const run_options& options = {}) const {
    return job::run(rt, read(), options, keep);
  }

  temporary_folder folder;
  runtime rt;
};

constexpr const char* chain = R"(
clotho = 1
[params]
n = 5
a = 3
[buffers.x]
source = "iota:$n"
[buffers.t]
like = "x"
[buffers.y]
like = "x"
save = "y.npy"
[[steps]]
id = "first"
kernel = "add.cl"
global = ["x.n"]
args = { from = "x", to = "t", a = "$a" }
[[steps]]
id = "second"
kernel = "add.cl"
global = ["x.n"]
args = { from = "t", to = "y", a = "$a * 2" }
repeat = 2
[[expect]]
buffer = "y"
equals = [9, 10, 11, 12, 13]
)";
constexpr const char* add = "__kernel void add(__global const int* from, __global int* to, int a) { size_t i "
                            "= get_global_id(0); to[i] = from[i] + a; }";

} // namespace

TEST_CASE("a pipeline") {
  const pipeline_folder folder(chain, {{"add.cl", add}});
  SUBCASE("runs its steps in order, and builds a file once") {
    const run_report report = folder.run();
    REQUIRE(report.steps.size() == 2);
    CHECK(report.steps[0].id == "first");
    CHECK(report.steps[1].build.count() == 0);
    CHECK(report.steps[1].launches.size() == 2);
    REQUIRE(report.expectations.size() == 1);
    CHECK(report.expectations[0].holds);
    CHECK(read_npy(folder.folder / "y.npy").values<std::int32_t>()[4] == 13);
  }
  SUBCASE("takes parameters and buffers from its caller") {
    pipeline job = folder.read();
    override_value(job, "a", "0");
    override_value(job, "n", "2");
    job.expectations.clear();
    const run_report report = job::run(folder.rt, job, {}, {"y", "t"});
    CHECK(report.arrays.at("y").values<std::int32_t>()[1] == 1);
    CHECK(report.arrays.at("t").shape == std::vector<std::size_t>{2});
  }
  SUBCASE("is planned without a device") {
    const step_graph graph = plan(folder.read());
    CHECK(graph.order == std::vector<std::size_t>{0, 1});
    REQUIRE(graph.edges.size() == 1);
    CHECK(graph.edges[0].buffer == "t");
  }
  SUBCASE("names what it was asked to keep and has not") {
    CHECK(contains(message_of<argument_error>([&] { return folder.run({"z"}); }), "there is no array 'z'"));
  }
}

TEST_CASE("a step that takes an array as another type names both") {
  const pipeline_folder folder(
      R"(
clotho = 1
[buffers.x]
source = "zeros:4"
[[steps]]
id = "one"
kernel = "f.cl"
args = { x = "x" }
[[steps]]
id = "two"
kernel = "i.cl"
args = { x = "x" }
)",
      {{"f.cl", "__kernel void f(__global float* x) {}"}, {"i.cl", "__kernel void i(__global int* x) {}"}});
  const std::string why = message_of<argument_error>([&] { return folder.run(); });
  CHECK(contains(
      why, "step 'two': argument 'x' (int*): 'x' holds float for step 'one', this kernel takes it as int*"));
}

TEST_CASE("a pipeline whose steps wait for each other") {
  const pipeline_folder folder(R"(
clotho = 1
[buffers.x]
source = "zeros:4"
[[steps]]
id = "one"
kernel = "f.cl"
args = { x = "x" }
after = ["two"]
[[steps]]
id = "two"
kernel = "f.cl"
args = { x = "x" }
after = ["one"]
)",
                               {{"f.cl", "__kernel void f(__global float* x) {}"}});
  const std::string why = message_of<format_error>([&] { return folder.run(); });
  CHECK(contains(why, "one"));
  CHECK(contains(why, "two"));
}

TEST_CASE("a pipeline on two devices") {
  constexpr const char* kernels = R"(
    kernel void add(global const float* from, global float* to, float a) { size_t i = get_global_id(0); to[i] = from[i] + a; }
    kernel void sums(global const float* from, global float* to) {
      int i = get_global_id(0);
      to[i] = from[max(i - 1, 0)] + from[i] + from[min(i + 1, 999)];
    })";
  constexpr const char* toml = R"(
clotho = 1
[buffers.x]
source = "iota:1000"
[buffers.y]
like = "x"
[buffers.z]
like = "x"
[[steps]]
id = "one"
kernel = "k.cl:add"
global = ["x.n"]
args = { from = "x", to = "y", a = 1 }
SPLIT
[[steps]]
id = "two"
kernel = "k.cl:add"
global = ["x.n"]
args = { from = "x", to = "z", a = 2 }
after = ["one"]
[[steps]]
id = "three"
kernel = "k.cl:sums"
global = ["x.n"]
args = { from = "y", to = "x" }
split = ["to", "from:1"]
)";
  const auto with_split = [&](std::string_view split) {
    std::string text(toml);
    return text.replace(text.find("SPLIT"), 5, split);
  };
  const device one = select_device();
  const runtime rt({.device_list = {one, one}});
  const auto run_with = [&](std::string_view split, const run_options& options) {
    const pipeline_folder folder(with_split(split), {{"k.cl", kernels}});
    return job::run(rt, folder.read(), options, {"x", "z"});
  };
  SUBCASE("gives what one would") {
    run_options options;
    SUBCASE("once") {}
    SUBCASE("again and again") { options.repeat = 3; }
    const run_report report = run_with("split = [\"from\", \"to\"]", options);
    REQUIRE(report.devices.size() == 2);
    CHECK(report.steps[0].split);
    CHECK_FALSE(report.steps[1].split);
    const auto x = report.arrays.at("x").values<float>(), z = report.arrays.at("z").values<float>();
    for (std::size_t i = 0; i < 1000; ++i) {
      const auto y = [](std::size_t k) { return static_cast<float>(k) + 1; };
      CHECK(x[i] == y(i == 0 ? 0 : i - 1) + y(i) + y(i == 999 ? 999 : i + 1));
      CHECK(z[i] == static_cast<float>(i) + 2);
    }
  }
  const auto refused = [&](std::string_view split) {
    return message_of<argument_error>([&] { return run_with(split, {}); });
  };
  SUBCASE("says what must be split") {
    CHECK(contains(refused("split = [\"from\"]"), "step 'one': kernel 'add' writes argument 'to' (float*): the split must name it"));
  }
  SUBCASE("says what cannot be") {
    CHECK(contains(refused("split = [\"to\", \"a\"]"), "cannot split 'a': kernel 'add' has no such array; it has from, to"));
  }
  SUBCASE("refuses a margin that is none") {
    const pipeline_folder folder(with_split("split = [\"to:x\"]"), {{"k.cl", kernels}});
    CHECK(contains(message_of<format_error>([&] { return folder.read(); }), "'to:x' is no array to be split"));
  }
}

TEST_CASE("steps that only come after one another keep that order") {
  const pipeline_folder folder(R"(
clotho = 1
[buffers.x]
source = "zeros:4"
[buffers.y]
source = "zeros:4"
[[steps]]
id = "late"
kernel = "k.cl"
args = { x = "x" }
after = ["early"]
[[steps]]
id = "early"
kernel = "k.cl"
args = { x = "y" }
repeat = 50
)",
                               {{"k.cl", "__kernel void k(__global float* x) { x[get_global_id(0)] += 1; }"}});
  std::vector<std::string> order;
  run_options options;
  options.progress = [&](std::size_t, std::size_t all, const std::string& step) {
    CHECK(all == 51);
    order.push_back(step);
  };
  const run_report report = folder.run({"x", "y"}, options);
  CHECK(order.size() == 51);
  CHECK(order.back() == "late");
  CHECK(report.arrays.at("x").values<float>()[3] == 1);
  CHECK(report.arrays.at("y").values<float>()[3] == 50);
}
