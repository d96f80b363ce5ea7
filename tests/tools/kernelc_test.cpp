// SPDX-License-Identifier: Apache-2.0
// clotho-kernelc: kernels become constants of a program.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "command_fixture.hpp"

using namespace clotho;
using test::contains;

namespace {

struct kernelc_fixture : test::command_fixture {
  job::process_result kernelc(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), CLOTHO_KERNELC_COMMAND);
    return job::run_process({std::move(arguments), {}, {}}, std::chrono::minutes(1));
  }
  job::process_result embed(const std::string& file, std::vector<std::string> more = {}) const {
    std::vector<std::string> all{file,     "--header",   path("k.hpp"), "--source", path("k.cpp"),
                                 "--flat", path("k.cl"), "--depfile",   path("k.d")};
    all.insert(all.end(), more.begin(), more.end());
    return kernelc(std::move(all));
  }
  std::string path(const char* name) const { return (folder / name).string(); }
  std::string text(const char* name) const { return os::read_text(folder / name); }
};

} // namespace

TEST_CASE_FIXTURE(kernelc_fixture, "a file becomes a constant, with what it includes") {
  write("part.h", "#define ONE 1\n");
  const std::string file =
      write("5 point-star.cl",
            "#include \"part.h\"\nkernel void k(global int* x) { x[0] = ONE; } // \"\\ \xC3\xA9\n");
  const auto result = embed(file, {"--namespace", "my::kernels"});
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  CHECK(contains(text("k.hpp"),
                 "namespace my::kernels {\nextern const clotho::embedded_source _5_point_star;"));
  CHECK(contains(text("k.cl"), "#define ONE 1"));
  CHECK(contains(text("k.cl"), "\xC3\xA9"));
  CHECK(contains(text("k.cpp"), "-61, -87")); // the accent, as signed bytes
  CHECK(contains(text("k.d"), "5\\ point-star.cl"));
  CHECK(contains(text("k.d"), "part.h"));
}

TEST_CASE_FIXTURE(kernelc_fixture, "a change of nothing but the folders of includes") {
  write("elsewhere/part.h", "#define ONE 1\n");
  const std::string file = write("k.cl.in", "#include <part.h>\n");
  CHECK(embed(file).exit_status == 0); // the compiler will say that it is missing
  CHECK(contains(text("k.cl"), "#error"));
  CHECK(embed(file, {"-I", path("elsewhere")}).exit_status == 0);
  CHECK(contains(text("k.cl"), "#define ONE 1"));
}

TEST_CASE_FIXTURE(kernelc_fixture, "what it cannot do it says, and writes nothing") {
  const auto refused = [&](std::vector<std::string> arguments, int status, const char* why) {
    const auto result = kernelc(std::move(arguments));
    CHECK(result.exit_status == status);
    CHECK_MESSAGE(contains(result.errors, why), result.errors);
    CHECK(!std::filesystem::exists(folder / "k.hpp"));
  };
  const std::string file = write("a.cl", "");
  refused({}, 2, "no FILE.cl is named");
  refused({file}, 2, "--header and --source are both needed");
  refused({file, "--header"}, 2, "a value is missing after --header");
  refused({file, "--haeder", "x"}, 2, "unknown option '--haeder'");
  refused({file, file}, 2, "one FILE.cl at a time");
  refused({file, "--header", path("k.hpp"), "--source", path("k.cpp"), "--name", "5x"}, 2,
          "'5x' is no C++ identifier");
  refused({file, "--header", path("k.hpp"), "--source", path("k.cpp"), "--namespace", "a::"}, 2,
          "no C++ identifier");
  refused({path("none.cl"), "--header", path("k.hpp"), "--source", path("k.cpp")}, 6, "none.cl");
  CHECK(contains(kernelc({"--help"}).output, "usage: clotho-kernelc"));
}
