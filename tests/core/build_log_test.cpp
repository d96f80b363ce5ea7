// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <random>
#include <string>

#include <clotho/core/build_log.hpp>

using namespace clotho;

namespace {

diagnostic only(std::string_view log) {
  const auto messages = parse_build_log(log, "main.cl");
  REQUIRE(messages.size() == 1);
  return messages[0];
}

diagnostic expected(const char* file, int line, int column, severity level, const char* text) {
  return {{file, line, column}, level, text};
}

} // namespace

TEST_CASE("clang's messages: file, line, column, severity, text") {
  CHECK(only("k.cl:3:5: error: expected ';'\n") == expected("k.cl", 3, 5, severity::error, "expected ';'"));
  CHECK(only("k.cl:3:5: fatal error: too many") == expected("k.cl", 3, 5, severity::fatal, "too many"));
  CHECK(only("k.cl:3:5: warning: hm [-Whm]") == expected("k.cl", 3, 5, severity::warning, "hm [-Whm]"));
  CHECK(only("k.cl:3:5: note: here") == expected("k.cl", 3, 5, severity::note, "here"));
  CHECK(only("k.cl:3:5: remark: fast") == expected("k.cl", 3, 5, severity::remark, "fast"));
  CHECK(only("k.cl:3: error: no column") == expected("k.cl", 3, 0, severity::error, "no column"));
  SUBCASE("a path may hold spaces and colons") {
    CHECK(only("C:\\my kernels\\k.cl:3:5: error: x")
          == expected("C:\\my kernels\\k.cl", 3, 5, severity::error, "x"));
    CHECK(only("dir with space/k:1.cl:4:4: error: x")
          == expected("dir with space/k:1.cl", 4, 4, severity::error, "x"));
  }
  SUBCASE("without a place") {
    CHECK(only("error: undefined symbol: foo")
          == expected("", 0, 0, severity::error, "undefined symbol: foo"));
    CHECK(only("ld.lld: error: undefined symbol: foo").text == "undefined symbol: foo");
  }
  SUBCASE("the colons of the text belong to the text") {
    CHECK(only("k.cl:3:5: error: 'a::b': note: what").text == "'a::b': note: what");
  }
}

TEST_CASE("source excerpts, carets and totals are no messages") {
  // Oclgrind, with a label of the name "error" in the source.
  const auto messages = parse_build_log("input.cl:1:2: warning: hey\n"
                                        "#warning hey\n"
                                        " ^\n"
                                        "input.cl:4:21: error: invalid operands\n"
                                        "error: x[1] = \"abc\" * 2; }\n"
                                        "              ~~~~~ ^ ~\n"
                                        "1 warning and 1 error generated.\n",
                                        "main.cl");
  REQUIRE(messages.size() == 2);
  CHECK(messages[0] == expected("main.cl", 1, 2, severity::warning, "hey"));
  CHECK(messages[1] == expected("main.cl", 4, 21, severity::error, "invalid operands"));
  CHECK(parse_build_log("", "main.cl").empty());
  CHECK(parse_build_log("Build succeeded.\n\n", "main.cl").empty());
}

TEST_CASE("PoCL puts the severity first and says things twice") {
  const auto messages = parse_build_log(
      "error: /root/.cache/pocl/kcache/tempfile_fYATdU.cl:2:53: use of undeclared identifier 'foo'\n"
      "warning: include/a.h:1:2: hey\n"
      "warning: include/a.h:1:2: hey\n"
      "Device pthread-x failed to build the program\n",
      "main.cl");
  REQUIRE(messages.size() == 2);
  CHECK(messages[0] == expected("main.cl", 2, 53, severity::error, "use of undeclared identifier 'foo'"));
  CHECK(messages[1] == expected("include/a.h", 1, 2, severity::warning, "hey"));
  CHECK(only("error: a.cl:16:48 <Spelling=/usr/share/pocl/x.h:142:24>: redefinition of 'mix'")
        == expected("a.cl", 16, 48, severity::error, "redefinition of 'mix'"));
  CHECK(only("Error(s) while linking: \nCannot find symbol bar in kernel library\n").text
        == "Cannot find symbol bar in kernel library");
}

TEST_CASE("NVIDIA") {
  CHECK(only("<kernel>:3:5: error: x") == expected("main.cl", 3, 5, severity::error, "x"));
  CHECK(only(":3:5: error: x") == expected("main.cl", 3, 5, severity::error, "x"));
  CHECK(only("<kernel>(3): error: x") == expected("main.cl", 3, 0, severity::error, "x"));
  CHECK(only("k.cl(3): warning #177-D: unused") == expected("k.cl", 3, 0, severity::warning, "unused"));
  CHECK(only("ptxas error   : Entry function 'f' uses too much shared data")
        == expected("", 0, 0, severity::error, "Entry function 'f' uses too much shared data"));
  CHECK(only("ptxas warning : slow").level == severity::warning);
  CHECK(only("ptxas fatal   : Unresolved extern function 'g'").level == severity::fatal);
  CHECK(only("ptxas info    : Used 8 registers") == expected("", 0, 0, severity::remark, "Used 8 registers"));
  CHECK(only("ptxas application ptx input, line 9; error   : bad").level == severity::error);
}

TEST_CASE("AMD, Intel, rusticl") {
  CHECK(only("\"/tmp/OCLx1T5.cl\", line 5: error: identifier \"q\" is undefined")
        == expected("main.cl", 5, 0, severity::error, "identifier \"q\" is undefined"));
  CHECK(only("\"/tmp/comgr-1a/input/CompileSource\", line 5: catastrophic error: x").level
        == severity::fatal);
  CHECK(only("/tmp/comgr-1a/input/CompileSource:5:7: error: x")
        == expected("main.cl", 5, 7, severity::error, "x"));
  CHECK(only("1:2:3: error: x") == expected("main.cl", 2, 3, severity::error, "x"));
  CHECK(only("input.cl:2:3: error: x") == expected("main.cl", 2, 3, severity::error, "x"));
  CHECK(only("(file=input,line=0,column=0,index=0): Unresolved external reference to \"bar\".")
        == expected("", 0, 0, severity::error, "Unresolved external reference to \"bar\"."));
}

TEST_CASE("a log cannot move a terminal's cursor") {
  CHECK(only("\x1b[1mk.cl:3:5: \x1b[0;31merror: \x1b[0mbad \x1b]0;title\ax\x1b[2J\x07y\xc2\x9bz\r\n")
        == expected("k.cl", 3, 5, severity::error, "bad xyz"));
}

TEST_CASE("numbers that fit nowhere are no place") {
  CHECK(parse_build_log("k.cl:1:99999999999999999999: error: x", "main.cl").empty());
}

TEST_CASE("damaged logs are read without harm") {
  const std::string good =
      "k.cl:3:5: error: a\n\"f\", line 5: error: b\nptxas info : c\n<kernel>(3,4): note: d\n"
      "\x1b[1merror: t.cl:1:2: e\x1b[0m\n(file=input,line=0): f\n   ^~~\n";
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string log = good;
    for (int change = 0; change < 4; ++change) {
      const std::size_t at = random() % log.size();
      const char byte = random() % 2 ? static_cast<char>(random()) : ":()\", \x1b#^\n"[random() % 11];
      if (random() % 3 == 0)
        log.erase(at, random() % 5);
      else if (random() % 2)
        log.insert(at, 1, byte);
      else
        log[at] = byte;
      log += ' ';
    }
    CHECK(parse_build_log(log, "main.cl").size() < 20);
  }
}
