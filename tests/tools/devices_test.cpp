// SPDX-License-Identifier: Apache-2.0
#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho::test;

TEST_CASE_FIXTURE(command_fixture, "without any driver the answer says what to install") {
  const auto empty = (folder / "no-drivers").string();
  for (const std::string& place : {std::string("/nonexistent/"), empty}) {
    std::filesystem::create_directories(empty);
    const auto result = run({"devices"}, {{"OCL_ICD_VENDORS", place}});
    CHECK(result.exit_status == 4);
    CHECK(result.output.empty());
    CHECK(contains(result.errors, "there is no OpenCL device"));
    CHECK(contains(result.errors, "pocl-opencl-icd"));
  }
}

TEST_CASE_FIXTURE(command_fixture, "platforms without usable devices are noted, and no device is found") {
  const auto empty = run({"devices"}, fake_driver("empty"));
  CHECK(empty.exit_status == 4);
  CHECK(contains(empty.errors, "clotho: note: Fake platform: it has no devices"));
  const auto error = run({"devices", "--json"}, fake_driver("error"));
  CHECK(error.exit_status == 4);
  CHECK(contains(error.errors, "Fake platform: clGetDeviceIDs: CL_OUT_OF_HOST_MEMORY"));
  const auto document = parse(error.output);
  CHECK(document["schema"] == "clotho.devices/1");
  CHECK(document["devices"].empty());
  CHECK(document["problems"][0]["platform"] == "Fake platform");
}

TEST_CASE_FIXTURE(command_fixture, "a listed selector names its device") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const auto all = run({"devices", "--json"});
  REQUIRE(all.exit_status == 0);
  const auto devices = parse(all.output)["devices"];
  REQUIRE(devices.size() > 0);
  for (const auto& device : devices) {
    const std::string selector = device["selector"];
    const auto one = run({"devices", "-d", selector, "--json"});
    CHECK(one.exit_status == 0);
    CHECK(parse(one.output)["devices"][0]["name"] == device["name"]);
    CHECK(contains(run({"devices"}).output, selector));
    CHECK(contains(run({"devices", "--long", "-d", selector}).output,
                   device["driver_version"].get<std::string>()));
    CHECK(device["quirks"].is_array());
  }
}

TEST_CASE_FIXTURE(command_fixture,
                  "a selector that makes no sense is a usage error, one without a match is not") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const auto unknown = run({"devices", "-d", "gpuu"});
  CHECK(unknown.exit_status == 2);
  CHECK(contains(unknown.errors, "gpuu"));
  const auto none = run({"devices", "-d", "name=no-such-device"});
  CHECK(none.exit_status == 4);
  CHECK(none.output.empty());
  CHECK(contains(none.errors, "no-such-device"));
}
