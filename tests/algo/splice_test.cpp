// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <clotho/algo/detail/splice.hpp>
#include <support/refusal.hpp>

using namespace clotho;
using detail::snippet;
using detail::splice;

namespace {

source_text a_template() {
  return flatten_source("sum.cl", "float f(float x) {\n  return (\n#pragma clotho snippet map\n  );\n}\n");
}

std::string spliced(std::string_view text) {
  const std::vector<snippet> parts{{"map", "map of the sum", text}};
  return splice(a_template(), parts).text;
}

std::string refused(std::string_view text) {
  return test::refusal([&] { (void)spliced(text); });
}

} // namespace

TEST_CASE("a snippet stands in its place, and lines keep their names") {
  CHECK(spliced("x * x")
        == "#line 1 \"sum.cl\"\nfloat f(float x) {\n  return (\n#line 1 \"map of the sum\"\nx * x\n"
           "#line 4 \"sum.cl\"\n  );\n}\n\n");
}

TEST_CASE("a place may occur twice, and snippets may have lines and comments") {
  const source_text twice =
      flatten_source("t.cl", "#pragma clotho snippet a\n  #pragma clotho snippet  a \n");
  const std::vector<snippet> parts{{"a", "part a", "1 // one\n+ 2"}};
  const std::string text = splice(twice, parts).text;
  CHECK(text.find("1 // one\n+ 2\n") != std::string::npos);
  CHECK(text.find("1 // one\n+ 2\n") != text.rfind("1 // one\n+ 2\n"));
}

TEST_CASE("what would eat the template is refused") {
  CHECK(refused("f(x") == "map of the sum:1: '(' is not closed");
  CHECK(refused("x\n) + (x") == "map of the sum:2: ')' closes nothing that was opened");
  CHECK(refused("(x]") == "map of the sum:1: ']' closes nothing that was opened");
  CHECK(refused("x /* why") == "map of the sum:1: a comment is not closed");
  CHECK(refused("x + 'a") == "map of the sum:1: a text in quotes is not closed");
}

TEST_CASE("a snippet reads no files and closes no condition") {
  CHECK(refused("#include \"/etc/hostname\"").find("map of the sum:1: #include") == 0);
  CHECK(spliced("x\n#endif\n").find("#error #endif without #if") != std::string::npos);
}
