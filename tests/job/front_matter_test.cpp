// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <clotho/job/front_matter.hpp>

#include "damage.hpp"

using namespace clotho;
using namespace clotho::job;
using clotho::test::message_of;

namespace {

const std::string saxpy = R"(// Copyright
// /// clotho
// kernel = "saxpy"
// global = ["n"]
// local = [64]
// args = { n = 1048576, a = 2.0, x = "rand:n", y = "rand:n", v = [1, 2.5], flag = true }
// defines = { T = "float", WG = 64, FAST = true }
// print = ["y"]
// tune = { WG = [32, 64], T = ["float", "double"] }
// restrictions = ["WG * 4 <= n"]
// flops = "2*n"
// bytes = "12*n"
// ///
kernel void saxpy(float a, global const float* x, global float* y) {}
)";

std::string refusal(std::string_view text) {
  return message_of<format_error>([&] { return read_front_matter(text, "f.cl"); });
}

std::string refusal_of_line(const std::string& line) {
  return refusal("// /// clotho\n// " + line + "\n// ///\n");
}

} // namespace

TEST_CASE("front matter: everything") {
  const std::optional<front_matter> found = read_front_matter(saxpy, "saxpy.cl");
  REQUIRE(found);
  CHECK(found->kernel == "saxpy");
  REQUIRE(found->global.size() == 1);
  CHECK(found->global[0].text() == "n");
  REQUIRE(found->local.size() == 1);
  CHECK(found->local[0].text() == "64");
  REQUIRE(found->arguments.size() == 6);
  CHECK(found->arguments[0].first == "n");
  CHECK(std::get<literal>(found->arguments[0].second).numbers == std::vector<std::string>{"1048576"});
  CHECK(std::get<literal>(found->arguments[1].second).numbers == std::vector<std::string>{"2.0"});
  CHECK(std::get<generator>(found->arguments[2].second).what == generator::kind::uniform);
  CHECK(std::get<literal>(found->arguments[4].second).numbers == std::vector<std::string>{"1", "2.5"});
  CHECK(std::get<literal>(found->arguments[5].second).numbers == std::vector<std::string>{"1"});
  CHECK(found->defines
        == std::vector<std::pair<std::string, std::string>>{{"T", "float"}, {"WG", "64"}, {"FAST", "1"}});
  CHECK(found->print == std::vector<std::string>{"y"});
  CHECK(found->tune.at("WG") == std::vector<std::string>{"32", "64"});
  REQUIRE(found->restrictions.size() == 1);
  CHECK(found->restrictions[0].text() == "WG * 4 <= n");
  CHECK(found->tune.at("T") == std::vector<std::string>{"float", "double"});
  CHECK(found->flops->text() == "2*n");
  CHECK(found->bytes->text() == "12*n");
}

TEST_CASE("front matter: spelling of the block") {
  CHECK_FALSE(read_front_matter("", "f.cl"));
  CHECK_FALSE(read_front_matter("kernel void f() {}\n// /// other\n", "f.cl"));
  CHECK(read_front_matter("// /// clotho\n// ///", "f.cl")->kernel.empty());
  CHECK(read_front_matter("  // /// clotho\r\n  //kernel='f'\r\n//\r\n  // ///\r\n", "f.cl")->kernel == "f");
  CHECK(read_front_matter("// /// clotho\n// local = \"auto\"\n// global = 'n'\n// ///\n", "f.cl")
            ->local.empty());
  CHECK(read_front_matter("// /// clotho\n// [args]\n// n = 1\n// ///\n", "f.cl")->arguments.size() == 1);
}

TEST_CASE("front matter: errors carry the line and column of the file") {
  CHECK(refusal("int x;\n// /// clotho\n// kernel = \"f\n// ///\n").starts_with("f.cl:3:"));
  CHECK(refusal("\n\n// /// clotho\n// kernel = 1\n// ///\n")
        == "f.cl:4:13: kernel: a string expected, not an integer");
  CHECK(refusal_of_line("globl = 'n'") == "f.cl:2:12: unknown key 'globl'; did you mean 'global'?");
  CHECK(refusal_of_line("global = [1,2,3,4]") == "f.cl:2:13: global: one to three sizes expected, not 4");
  CHECK(refusal_of_line("global = ['n*']")
        == "f.cl:2:14: global[0]: expression 'n*', at the end: a number, a name or '(' expected");
  CHECK(refusal_of_line("args = { x = 'rnad:n' }")
        == "f.cl:2:17: args.x: 'rnad:n': there is no generator 'rnad'; did you mean 'rand'?");
  CHECK(refusal_of_line("args = { x = [] }") == "f.cl:2:17: args.x: at least one number expected");
  CHECK(refusal_of_line("tune = { WG = 3 }") == "f.cl:2:18: tune.WG: an array expected, not an integer");
  CHECK(refusal_of_line("tune = { WG = [] }") == "f.cl:2:18: tune.WG: at least one choice expected");
  CHECK(refusal_of_line("restrictions = ['WG']")
        == "f.cl:2:19: restrictions: condition 'WG' compares nothing; write it as in \"WG * UNROLL <= 1024\"");
  CHECK(refusal_of_line("flops = 2020-01-01") == "f.cl:2:12: flops: dates and times have no meaning here");
  CHECK(refusal("// /// clotho\n// kernel = 'f'\n")
        == "f.cl:1:1: this front matter has no last line '// ///'");
  CHECK(refusal("// /// clotho\nkernel = 'f'\n// ///\n")
        == "f.cl:2:1: front matter goes on to a line '// ///'; until then lines begin with '//'");
  CHECK(refusal("// /// clotho\n// ///\n// /// clotho\n// ///\n")
        == "f.cl:3:1: a second block of front matter; a file has one");
}

TEST_CASE("front matter: damaged text never crashes") {
  const os::bytes whole(reinterpret_cast<const std::byte*>(saxpy.data()),
                        reinterpret_cast<const std::byte*>(saxpy.data() + saxpy.size()));
  test::check_flips(whole, 2000, [](const os::bytes& damaged) {
    (void)read_front_matter({reinterpret_cast<const char*>(damaged.data()), damaged.size()}, "f.cl");
    return host_array{};
  });
}
