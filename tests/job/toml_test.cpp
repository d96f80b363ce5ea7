// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <clotho/job/detail/tree.hpp>

#include "damage.hpp"

using namespace clotho;
using clotho::job::detail::read_toml;
using clotho::job::detail::tree;
using clotho::test::message_of;

namespace {

std::string text_of(const tree& node) {
  std::string text = node.text;
  for (const tree& child : node.children)
    text += (child.key.empty() ? "" : child.key + "=") + text_of(child) + " ";
  const bool is_scalar = !node.is(tree::kind::table) && !node.is(tree::kind::array);
  return is_scalar ? text : node.is(tree::kind::array) ? "[ " + text + "]" : "{ " + text + "}";
}

std::string read(const std::string& text) { return text_of(read_toml(text, "t")); }
std::string refusal(const std::string& text) {
  return message_of<format_error>([&] { return read_toml(text, "t"); });
}

} // namespace

TEST_CASE("toml: scalars") {
  CHECK(read("a = +7 # c\nb = 0x1F\nc = 0o17\nd = 0b101\ne = -9223372036854775808\nf = 1_000")
        == "{ a=7 b=31 c=15 d=5 e=-9223372036854775808 f=1000 }");
  CHECK(read("a = 2.0\nb = 6.5e-3\nc = -inf\nd = nan\ne = 1e3\nf = true")
        == "{ a=2.0 b=0.0065 c=-inf d=nan e=1000.0 f=true }");
  for (const char* wrong :
       {"01", "1_", "_1", "1__0", "1.", ".5", "1.e3", "0x", "0xg", "+0x1", "1e", "True", "x", "", "1,2"})
    CHECK_MESSAGE(refusal("a = " + std::string(wrong)).starts_with("t:1:"), wrong);
  CHECK(refusal("a = 9223372036854775808") == "t:1:5: a: an integer has to fit 64 bits and a sign");
  CHECK(refusal("a = 1e400") == "t:1:5: a: a number has to fit a double");
  CHECK(refusal("a = 12:30:00") == "t:1:5: a: dates and times have no meaning here");
}

TEST_CASE("toml: strings") {
  CHECK(read(R"(a = "x\t\"\\\u00e4\U0001F600")") == "{ a=x\t\"\\\xc3\xa4\xf0\x9f\x98\x80 }");
  CHECK(read(R"(a = 'C:\x')") == "{ a=C:\\x }");
  CHECK(read("a = \"\"\"\nx\r\ny\\\n   \n  z\"\"\"\"") == "{ a=x\nyz\" }");
  CHECK(read("a = \"\"\"\\\n\xc2\xa7\"\"\"") == "{ a=\xc2\xa7 }");
  CHECK(read("a = '''it's'''") == "{ a=it's }");
  CHECK(refusal("a = \"x\n\"") == "t:1:7: this string has no closing quote");
  CHECK(refusal("a = '''x") == "t:1:9: this string has no closing quotes");
  CHECK(refusal("a = \"\\x41\"").starts_with("t:1:7: an unknown escape"));
  CHECK(refusal("a = \"\\ud800\"") == "t:1:12: there is no such character");
  CHECK(refusal("a = \"\x01\"") == "t:1:6: a control character has to be written as an escape");
  CHECK(refusal("a = '\xc3'") == "t:1:6: this is not UTF-8");
  CHECK(refusal("a = '\xed\xa0\x80'") == "t:1:6: this is not UTF-8");
}

TEST_CASE("toml: tables keep the order of the document") {
  CHECK(read("z = 1\na.y = 2\na.x = 3\n'b c'.\"d\" = 4") == "{ z=1 a={ y=2 x=3 } b c={ d=4 } }");
  CHECK(read("[b]\n[a.c]\nx = 1\n[a]\ny = 2") == "{ b={ } a={ c={ x=1 } y=2 } }");
  CHECK(read("[[l]]\nx = 1\n[l.s]\ny = 2\n[[l]]\nx = 3") == "{ l=[ { x=1 s={ y=2 } } { x=3 } ] }");
  CHECK(read("a = [ 1, # one\n  [2, 'x'],\n]\nt = { p = 1, q.r = {} }")
        == "{ a=[ 1 [ 2 x ] ] t={ p=1 q={ r={ } } } }");
  CHECK(read("\xef\xbb\xbf"
             "a = 1\r\n\r\n# end")
        == "{ a=1 }");
  CHECK(read_toml("\n[a]\n  b = [\n 7]", "t").children[0].children[0].children[0].where
        == source_location{"t", 4, 2});
}

TEST_CASE("toml: nothing is defined twice") {
  CHECK(refusal("a = 1\n\na = 2") == "t:3:1: a: is there already, since line 1");
  CHECK(refusal("[a]\n[a]") == "t:2:1: a: is there already, since line 1");
  CHECK(refusal("a.b = 1\n[a]") == "t:2:1: a: is there already, since line 1");
  CHECK(refusal("a = {}\n[a.b]") == "t:2:1: a: is there already, since line 1");
  CHECK(refusal("a = {}\na.b = 1") == "t:2:1: a: is there already, since line 1");
  CHECK(refusal("a = []\n[[a]]") == "t:2:1: a: is there already, since line 1");
  CHECK(refusal("[a.b]\n[a]\nb.c = 1") == "t:3:1: a.b: is there already, since line 1");
  CHECK(refusal("[[a]]\n[a]") == "t:2:1: a: is there already, since line 1");
  CHECK(refusal("a = { b = 1, b = 2 }") == "t:1:14: a.b: is there already, since line 1");
}

TEST_CASE("toml: what is no TOML") {
  CHECK(refusal("[&").starts_with("t:1:2: a key expected"));
  CHECK(refusal("\xcc\xaa").starts_with("t:1:1: a key expected"));
  CHECK(refusal("a") == "t:1:2: '=' expected");
  CHECK(refusal("a = 1 b = 2") == "t:1:7: the end of the line expected");
  CHECK(refusal("a = [1 2]") == "t:1:8: ',' or ']' expected");
  CHECK(refusal("a = [1,").starts_with("t:1:8: "));
  CHECK(refusal("a = { b = 1, }").starts_with("t:1:14: a key expected"));
  CHECK(refusal("[a") == "t:1:3: ']' expected");
  CHECK(refusal("a = " + std::string(100'000, '[')).find("nested too deep") != std::string::npos);
  std::string wide;
  for (int i = 0; i <= 10'000; ++i) wide += "k" + std::to_string(i) + "=1\n";
  CHECK(refusal(wide) == "t: a table has at most 10000 members");
}
