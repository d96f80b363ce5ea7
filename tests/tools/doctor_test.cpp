// SPDX-License-Identifier: Apache-2.0
#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho::test;

TEST_CASE_FIXTURE(command_fixture, "a driver that crashes is named with the signal and what to do") {
  for (const auto& mode_and_signal :
       {std::pair{"crash", "SIGABRT"}, std::pair{"crash-platform", "SIGSEGV"}}) {
    const std::string mode = mode_and_signal.first, signal = mode_and_signal.second;
    CAPTURE(mode);
    const auto result = run({"doctor"}, fake_driver(mode));
    CHECK(result.exit_status == 1);
    CHECK(contains(result.output, "FAIL  fake.icd"));
    CHECK(contains(result.output, "killed by " + signal + " while listing the devices"));
    CHECK(contains(result.output, "or remove " CLOTHO_FAKE_ICD_FOLDER "/fake.icd"));
  }
}

TEST_CASE_FIXTURE(command_fixture, "a driver that hangs is stopped when its time is up") {
  const auto start = std::chrono::steady_clock::now();
  const auto result = run({"doctor", "--timeout", "1"}, fake_driver("hang"));
  CHECK(result.exit_status == 1);
  CHECK(contains(result.output, "FAIL  fake.icd"));
  CHECK(contains(result.output, "did not end within 1000 ms while listing the devices"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
}

TEST_CASE_FIXTURE(command_fixture, "a driver that answers with errors is named with the error") {
  const auto sick = run({"doctor", "--json"}, fake_driver("sick"));
  CHECK(sick.exit_status == 1);
  const auto document = parse(sick.output);
  CHECK(document["schema"] == "clotho.doctor/1");
  CHECK(document["ok"] == false);
  CHECK(contains(document["drivers"][0]["file"].get<std::string>(), "fake.icd"));
  CHECK(contains(document["drivers"][0]["problem"].get<std::string>(), "CL_INVALID_VALUE"));
  CHECK(contains(run({"doctor"}, fake_driver("error")).output, "clGetDeviceIDs: CL_OUT_OF_HOST_MEMORY"));
}

TEST_CASE_FIXTURE(command_fixture, "a driver without devices is no failure, but no device either") {
  const auto result = run({"doctor"}, fake_driver("empty"));
  CHECK(result.exit_status == 4);
  CHECK(contains(result.output, "it has no devices"));
  CHECK(contains(result.errors, "install a driver"));
  const auto nothing = run({"doctor"}, {{"OCL_ICD_VENDORS", "/nonexistent/"}});
  CHECK(nothing.exit_status == 4);
  CHECK(contains(nothing.output, "OCL_ICD_VENDORS names '/nonexistent/', which does not exist"));
}

TEST_CASE_FIXTURE(command_fixture, "a driver file that names nothing loadable is explained") {
  write("drivers/broken.icd", "libno-such-driver.so\n");
  write("drivers/empty.icd", "");
  write("drivers/other.icd", "libm.so.6\n");
  const auto result = run({"doctor"}, {{"OCL_ICD_VENDORS", (folder / "drivers").string()}});
  CHECK(result.exit_status == 1);
  CHECK(contains(result.output, "libno-such-driver.so: cannot open shared object file"));
  CHECK(contains(result.output, "the file is empty; it should name a library"));
  CHECK(contains(result.output, "libm.so.6 is no OpenCL driver"));
}

TEST_CASE_FIXTURE(command_fixture, "a wrong time-out or selector is refused before anything is tried") {
  CHECK(run({"doctor", "--timeout", "0"}).exit_status == 2);
  CHECK(run({"doctor", "--timeout", "soon"}).exit_status == 2);
  CHECK(run({"doctor", "-d", "gpuu"}, fake_driver("hang")).exit_status == 2);
}

TEST_CASE_FIXTURE(command_fixture,
                  "a good device passes beside a driver that crashes, and the crash is still reported") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const auto good = run({"doctor", "--json"});
  const auto document = parse(good.output);
  REQUIRE(document["devices"].size() > 0);
  CHECK(good.exit_status == 0);
  CHECK(document["ok"] == true);
  const auto& checks = document["devices"][0]["checks"];
  CHECK(checks.size() == 7);
  for (const auto& check : checks) {
    CAPTURE(check.dump());
    CHECK(check["result"] != "failed");
  }
  write("both/good.icd", document["drivers"][0]["library"].get<std::string>() + "\n");
  std::filesystem::copy(CLOTHO_FAKE_ICD_FOLDER "/fake.icd", folder / "both/bad.icd");
  const auto mixed = run({"doctor", "--json"},
                         {{"OCL_ICD_VENDORS", (folder / "both").string()}, {"FAKE_ICD_MODE", "crash"}});
  CHECK(mixed.exit_status == 1);
  const auto both = parse(mixed.output);
  CHECK(both["drivers"][0]["ok"] == false);
  CHECK(both["drivers"][1]["ok"] == true);
  CHECK(both["devices"][0]["ok"] == true);
  CHECK(contains(both["drivers_together"].get<std::string>(), "SIGABRT"));
}
