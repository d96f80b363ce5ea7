// SPDX-License-Identifier: Apache-2.0
// Running pipelines of several steps.
#include <doctest/doctest.h>

#include <clotho/core/os/file.hpp>
#include <clotho/job/npy.hpp>
#include <clotho/job/run.hpp>
#include <clotho/sched/thread_pool.hpp>

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
    return job::run(device, read(), options, keep);
  }

  temporary_folder folder;
  context device;
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
    thread_pool builders(2);
    run_options options;
    options.builders = &builders;
    const run_report report = folder.run({}, options);
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
    const run_report report = job::run(folder.device, job, {}, {"y", "t"});
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
