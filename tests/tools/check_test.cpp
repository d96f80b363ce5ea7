// SPDX-License-Identifier: Apache-2.0
#include "command_fixture.hpp"
#include "support/skip.hpp"

using namespace clotho::test;

namespace {

constexpr const char* good_kernel = "__kernel void fill(__global int* out) { out[get_global_id(0)] = 1; }\n";

} // namespace

TEST_CASE_FIXTURE(command_fixture, "check reports an error where it is, two headers deep") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const std::string main =
      write("main.cl", "#include \"inc/first.h\"\n__kernel void k(__global int* x) { x[0] = f(); }\n");
  write("inc/first.h", "#define FIRST 1\n#include \"second.h\"\n");
  write("inc/second.h", "\n\nint f(void);\nint f(void) { return 1 }\n");
  const std::string header = (folder / "inc/second.h").string();

  SUBCASE("for people: the line and a caret") {
    const auto result = run({"check", main});
    CHECK(result.exit_status == 3);
    CHECK(contains(result.output, header + ":4:"));
    CHECK(contains(result.output, ": error: "));
    CHECK(contains(result.output, "\n  int f(void) { return 1 }\n"));
    CHECK(contains(result.output, "^\n"));
  }
  SUBCASE("as JSON") {
    const auto result = run({"check", main, "--json"});
    CHECK(result.exit_status == 3);
    const auto document = parse(result.output);
    CHECK(document["schema"] == "clotho.check/1");
    const auto& file = document["files"][0];
    CHECK(file["file"] == main);
    CHECK(file["ok"] == false);
    CHECK(file["diagnostics"][0]["file"] == header);
    CHECK(file["diagnostics"][0]["line"] == 4);
    CHECK(file["diagnostics"][0]["column"] > 0);
    CHECK(file["diagnostics"][0]["severity"] == "error");
    CHECK_FALSE(file["diagnostics"][0]["text"].get<std::string>().empty());
  }
  SUBCASE("as annotations of a workflow") {
    const auto result = run({"check", main, "--format", "github"});
    CHECK(result.exit_status == 3);
    CHECK(contains(result.output, "::error file=" + header + ",line=4,col="));
  }
}

TEST_CASE_FIXTURE(command_fixture, "check passes what compiles, an empty file too") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const std::string file = write("good.cl", good_kernel), empty = write("empty.cl", "");
  const auto result = run({"check", file, empty});
  CHECK(result.exit_status == 0);
  CHECK(result.output.empty());
  CHECK(run({"check", file, "--all-devices"}).exit_status == 0);
  CHECK(parse(run({"check", file, "--json"}).output)["files"][0]["ok"] == true);
  CHECK_FALSE(std::filesystem::exists(folder / "cache/programs"));
}

TEST_CASE_FIXTURE(command_fixture,
                  "check names a file that is missing or a folder, and still checks the others") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const std::string bad = write("bad.cl", "__kernel void k( {}\n");
  const std::string missing = (folder / "missing.cl").string();
  const auto result = run({"check", missing, folder.path().string(), bad});
  CHECK(result.exit_status == 6);
  CHECK(contains(result.output, missing));
  CHECK(contains(result.output, "No such file"));
  CHECK(contains(result.output, "it is a folder"));
  CHECK(contains(result.output, bad + ":1:"));
  CHECK(contains(result.errors, "3 of 3 checks failed"));
}

TEST_CASE_FIXTURE(command_fixture, "an include that leaves the folder is refused and never shown") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  write("secret.h", "TOPSECRET TOKEN\n");
  for (const std::string& name :
       {std::string("../secret.h"), (folder / "secret.h").string(), std::string("/etc/hostname")}) {
    CAPTURE(name);
    const std::string file = write("inner/main.cl", "#include \"" + name + "\"\n");
    for (const char* command : {"check", "inspect"}) {
      const auto result = run({command, file});
      CHECK(result.exit_status == 2);
      CHECK(contains(result.output + result.errors, name));
      CHECK_FALSE(contains(result.output + result.errors, "TOPSECRET"));
    }
    CHECK(run({"build", file, "--emit", "flat", "-o", "-"}).output.empty());
  }
  CHECK(run({"check", write("inner/allowed.cl", "#include \"secret.h\"\n"), "-I", folder.path().string()})
            .exit_status
        == 3);
}

TEST_CASE_FIXTURE(command_fixture, "definitions and the language reach the compiler") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const std::string file = write("defined.cl", "#if N != 3 || !defined(ON)\n#error not defined\n#endif\n");
  CHECK(run({"check", file}).exit_status == 3);
  CHECK(run({"check", "-D", "N=3", "-DON", file}).exit_status == 0);
  const auto nameless = run({"check", file, "-D", "=3"});
  CHECK(nameless.exit_status == 2);
  CHECK(contains(nameless.errors, "a macro needs a name"));
  CHECK(run({"check", file, "--std", "CL9"}).exit_status == 2);
}

TEST_CASE_FIXTURE(command_fixture, "a warning fails the check only when that is asked for") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const std::string file = write("warns.cl", "#warning look here\n" + std::string(good_kernel));
  for (int time = 0; time < 2; ++time) { // The second time a driver may have it in a cache of its own.
    const auto plain = run({"check", file});
    CHECK(plain.exit_status == 0);
    CHECK(contains(plain.output, file + ":1:"));
    CHECK(contains(plain.output, "look here"));
    CHECK(run({"check", file, "--werror"}).exit_status == 3);
  }
}

TEST_CASE_FIXTURE(command_fixture, "a file named like an option is a file behind --") {
  if (!has_device()) CLOTHO_SKIP("an OpenCL device");
  const auto result = run({"check", write("good.cl", good_kernel), "--", "-odd.cl"});
  CHECK(result.exit_status == 6);
  CHECK(contains(result.output, "-odd.cl"));
}

TEST_CASE_FIXTURE(command_fixture, "check without a device says so") {
  const std::string file = write("good.cl", good_kernel);
  const auto result = run({"check", file}, {{"OCL_ICD_VENDORS", "/nonexistent/"}});
  CHECK(result.exit_status == 4);
  CHECK(contains(result.errors, "there is no OpenCL device"));
}
