// SPDX-License-Identifier: Apache-2.0
#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho::test;

TEST_CASE_FIXTURE(command_fixture, "build keeps the flattened source") {
  write("part.h", "int part(void);\n");
  const std::string file = write("whole.cl", "#include \"part.h\"\n__kernel void k(void) {}\n");
  const std::string flat = (folder / "flat.cl").string();
  CHECK(run({"build", file, "--emit", "flat", "-o", flat}, {{"OCL_ICD_VENDORS", "/nonexistent/"}}).exit_status
        == 0);
  const std::string text = clotho::os::read_text(flat);
  CHECK(contains(text, "int part(void);"));
  CHECK_FALSE(contains(text, "#include"));
  CHECK(run({"build", file, "--emit", "flat", "-o", "-"}).output == text);
}

TEST_CASE_FIXTURE(command_fixture, "build keeps the device's machine code, or nothing") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const std::string file = write("k.cl", "__kernel void k(__global int* x) { x[0] = 1; }\n");
  const std::string binary = (folder / "k.clbin").string();
  CHECK(run({"build", file, "-o", binary}).exit_status == 0);
  CHECK(std::filesystem::file_size(binary) > 0);
  const std::string bad = write("bad.cl", "__kernel void k( {}\n"), none = (folder / "none.clbin").string();
  const auto result = run({"build", bad, "-o", none});
  CHECK(result.exit_status == 3);
  CHECK(contains(result.errors, "bad.cl:1:"));
  CHECK_FALSE(std::filesystem::exists(none));
  CHECK(run({"build", file, "-o", (folder / "no/such/folder").string()}).exit_status == 6);
}
