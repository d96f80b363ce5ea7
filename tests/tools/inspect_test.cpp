// SPDX-License-Identifier: Apache-2.0
#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho::test;

namespace {

constexpr const char* source = R"(// /// clotho
// kernel = "saxpy"
// global = ["n"]
// args = { n = 16, a = 2.0, x = "rand:n" }
// ///
#ifndef T
#define T float
#endif
__kernel void saxpy(const uint n, const T a, __global const T* x, __global T* restrict y) {
  const size_t i = get_global_id(0);
  if (i < n) y[i] += a * x[i];
}
__kernel __attribute__((reqd_work_group_size(4, 2, 1))) void grouped(__local int* scratch) { scratch[0] = 0; }
)";

} // namespace

TEST_CASE_FIXTURE(command_fixture, "inspect tells every argument, without a device too") {
  const std::string file = write("saxpy.cl", source);
  const auto result = run({"inspect", file, "--no-device", "--json"}, {{"OCL_ICD_VENDORS", "/nonexistent/"}});
  REQUIRE(result.exit_status == 0);
  CHECK(result.errors.empty());
  const auto document = parse(result.output);
  CHECK(document["schema"] == "clotho.inspect/1");
  CHECK(document["device"].is_null());
  const auto& saxpy = document["kernels"][0];
  CHECK(saxpy["name"] == "saxpy");
  CHECK(saxpy["file"] == file);
  CHECK(saxpy["line"] == 9);
  const auto& x = saxpy["arguments"][2];
  CHECK(x["name"] == "x");
  CHECK(x["type"] == "float*");
  CHECK(x["address_space"] == "global");
  CHECK(x["access"] == "none");
  CHECK(x["const"] == true);
  CHECK(x["size"] == 4);
  CHECK(saxpy["arguments"][3]["const"] == false);
  CHECK(document["kernels"][1]["required_local"] == nlohmann::json({4, 2, 1}));
  CHECK(document["front_matter"]["kernel"] == "saxpy");
  CHECK(document["front_matter"]["global"] == nlohmann::json({"n"}));
  CHECK(document["front_matter"]["arguments"]["x"] == "rand:n");
}

TEST_CASE_FIXTURE(command_fixture, "inspect reads well") {
  const std::string file = write("saxpy.cl", source);
  const auto result = run({"inspect", file, "--no-device", "-D", "T=double"});
  CHECK(result.exit_status == 0);
  CHECK(contains(result.output, file
                                    + ":9: kernel void saxpy(uint n, double a, global const double* x, "
                                      "global double* restrict y)"));
  CHECK(contains(result.output, "groups of exactly 4x2x1"));
}

TEST_CASE_FIXTURE(command_fixture, "with a device inspect tells its limits, and errors of the build") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const auto document = parse(run({"inspect", write("saxpy.cl", source), "--json"}).output);
  CHECK(document["device"].is_string());
  CHECK(document["kernels"].size() == 2);
  CHECK(document["kernels"][0]["limits"]["max_local_size"] > 0);
  CHECK(document["kernels"][0]["limits"]["preferred_multiple"] > 0);
  const auto bad = run({"inspect", write("bad.cl", "__kernel void k( {}\n")});
  CHECK(bad.exit_status == 3);
  CHECK(contains(bad.errors, "bad.cl:1:"));
}

TEST_CASE_FIXTURE(command_fixture, "without any device inspect makes do, unless one was asked for") {
  const std::string file = write("saxpy.cl", source);
  const auto result = run({"inspect", file}, {{"OCL_ICD_VENDORS", "/nonexistent/"}});
  CHECK(result.exit_status == 0);
  CHECK(contains(result.errors, "no OpenCL device"));
  CHECK(run({"inspect", file, "-d", "cpu"}, {{"OCL_ICD_VENDORS", "/nonexistent/"}}).exit_status == 4);
}

TEST_CASE_FIXTURE(command_fixture, "files that hold no kernel, or are none") {
  const auto empty = run({"inspect", write("empty.cl", ""), "--no-device"});
  CHECK(empty.exit_status == 0);
  CHECK(contains(empty.errors, "has no kernel"));
  CHECK(run({"inspect", (folder / "missing.cl").string(), "--no-device"}).exit_status == 6);
  CHECK(run({"inspect", folder.path().string(), "--no-device"}).exit_status == 6);
}
