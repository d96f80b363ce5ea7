// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include <clotho/job/expression.hpp>

#include "damage.hpp"

using namespace clotho;
using namespace clotho::job;
using clotho::test::message_of;

namespace {

std::optional<double> symbols(std::string_view name) {
  if (name == "n") return 1000;
  if (name == "half") return 0.5;
  if (name == "src.w") return 640;
  if (name == "src.h") return 480;
  if (name == "huge") return std::numeric_limits<double>::infinity();
  return std::nullopt;
}

double value_of(std::string_view text) { return expression::parse(text).evaluate(symbols); }
std::uint64_t size_of(std::string_view text) { return expression::parse(text).evaluate_size(symbols); }

std::string parse_refusal(std::string_view text) {
  return message_of<argument_error>([&] { return expression::parse(text); });
}
std::string refusal(std::string_view text) {
  return message_of<argument_error>([&] { return value_of(text); });
}
std::string size_refusal(std::string_view text) {
  return message_of<argument_error>([&] { return size_of(text); });
}

} // namespace

TEST_CASE("expression: arithmetic") {
  CHECK(value_of("1") == 1);
  CHECK(value_of("1.5e3") == 1500);
  CHECK(value_of("1e-3") == 1e-3);
  CHECK(value_of("0x10") == 16);
  CHECK(value_of("0x1e-3") == 27);
  CHECK(value_of(".5") == 0.5);
  CHECK(value_of("1+2*3") == 7);
  CHECK(value_of("(1+2)*3") == 9);
  CHECK(value_of("10-2-3") == 5);
  CHECK(value_of("-n + +1") == -999);
  CHECK(value_of("2--1") == 3);
  CHECK(value_of(" n * 4 ") == 4000);
  CHECK(value_of("src.w*src.h") == 640 * 480);
  CHECK(value_of("min(n, 7) + max(n, 7)") == 1007);
  CHECK(value_of("ceil_div(n, 256) * 256") == 1024);
  CHECK(value_of("ceil_div(1024, 256)") == 4);
  CHECK(value_of("n % 7") == 6);
}

TEST_CASE("expression: whole numbers divide as in C, others as reals") {
  CHECK(value_of("7/2") == 3);
  CHECK(value_of("-7/2") == -3);
  CHECK(value_of("-7%2") == -1);
  CHECK(value_of("7/2.0") == 3.5);
  CHECK(value_of("7.0/2") == 3.5);
  CHECK(value_of("n/16") == 62);
  CHECK(value_of("n/16*16") == 992);
  CHECK(value_of("half*3/2") == 0.75);
  CHECK(value_of("n/half") == 2000);
}

TEST_CASE("expression: names") {
  const expression e = expression::parse("ceil_div(src.w, 16)*n + $n - ${n}*src.h");
  CHECK(e.names() == std::vector<std::string>{"src.w", "n", "src.h"});
  CHECK(e.text() == "ceil_div(src.w, 16)*n + $n - ${n}*src.h");
  CHECK(expression::parse("4*4").names().empty());
  CHECK(value_of("$n+1") == 1001);
  CHECK(value_of("${src.w}") == 640);
  CHECK(refusal("m") == "nothing is known of 'm'");
  CHECK(refusal("m*2") == "expression 'm*2': nothing is known of 'm'");
  CHECK(message_of<argument_error>([] { return expression::parse("n").evaluate({}); })
        == "nothing is known of 'n'");
}

TEST_CASE("expression: sizes") {
  CHECK(size_of("n*4") == 4000);
  CHECK(size_of("9007199254740991") == 9007199254740991u);
  CHECK(size_of("4*half") == 2);
  CHECK(size_refusal("5-6") == "expression '5-6' is -1, which is negative and no size");
  CHECK(size_refusal("half") == "expression 'half' is 0.5, which is not whole and no size");
  CHECK(size_refusal("9007199254740991+1")
        == "expression '9007199254740991+1' is 9007199254740992, which is too large for a size");
}

TEST_CASE("expression: what has no value") {
  CHECK(refusal("1/0") == "expression '1/0' divides by zero");
  CHECK(refusal("1.5/(n-n)") == "expression '1.5/(n-n)' divides by zero");
  CHECK(refusal("n%0") == "expression 'n%0' divides by zero");
  CHECK(refusal("ceil_div(n,0)") == "expression 'ceil_div(n,0)' divides by zero");
  CHECK(refusal("1e300*1e300") == "expression '1e300*1e300' is too large for a number");
  CHECK(refusal("huge-huge") == "expression 'huge-huge' is too large for a number");
  CHECK(message_of<argument_error>([] { return expression{}.evaluate({}); })
        == "an empty expression has no value");
  CHECK(expression{}.names().empty());
}

TEST_CASE("expression: errors show the text and the place") {
  CHECK(parse_refusal("") == "expression '', at the end: a number, a name or '(' expected");
  CHECK(parse_refusal("n*(2") == "expression 'n*(2', at the end: ')' expected");
  CHECK(parse_refusal("n**2") == "expression 'n**2', at character 3: a number, a name or '(' expected");
  CHECK(parse_refusal("n 2") == "expression 'n 2', at character 3: an operator expected");
  CHECK(parse_refusal("2)") == "expression '2)', at character 2: an operator expected");
  CHECK(parse_refusal("1024x4") == "expression '1024x4', at character 1: '1024x4' is not a number");
  CHECK(parse_refusal("1e400") == "expression '1e400', at character 1: '1e400' is not a number");
  CHECK(parse_refusal("src.") == "expression 'src.', at the end: a name expected");
  CHECK(parse_refusal("$+1") == "expression '$+1', at character 2: a name expected");
  CHECK(parse_refusal("${n") == "expression '${n', at the end: '}' expected");
  CHECK(parse_refusal("mix(1,2)")
        == "expression 'mix(1,2)', at character 1: there is no function 'mix'; did you mean 'min'?");
  CHECK(parse_refusal("sqrt(2)")
        == "expression 'sqrt(2)', at character 1: there is no function 'sqrt'; known are min, max, ceil_div");
  CHECK(parse_refusal("min(1)") == "expression 'min(1)', at character 6: ',' expected");
  CHECK(parse_refusal(std::string_view("1\0", 2))
        == "expression '1\\x00', at character 2: an operator expected");
}

TEST_CASE("expression: long and deep texts") {
  std::string deep(10'000, '(');
  deep.append("1").append(10'000, ')');
  CHECK(parse_refusal(deep)
        == "expression '" + std::string(80, '(') + "...', at character 201: more than 200 levels are nested");
  std::string signs(10'000, '-');
  signs += '1';
  CHECK(parse_refusal(signs).find("more than 200 levels") != std::string::npos);
  std::string fits(199, '(');
  fits.append("1").append(199, ')');
  CHECK(value_of(fits) == 1);

  std::string sum = "1";
  for (int i = 0; i < 200'000; ++i) sum += "+1";
  CHECK(value_of(sum) == 200'001);
}

TEST_CASE("expression: random texts never crash") {
  const char alphabet[] = "0123456789n.x(),+-*/%$ {}emin";
  const unsigned seed = std::random_device{}();
  MESSAGE("seed ", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto length = random() % 24; length > 0; --length)
      text += alphabet[random() % (sizeof alphabet - 1)];
    CAPTURE(text);
    try {
      const double value = value_of(text);
      CHECK(std::isfinite(value));
    } catch (const argument_error&) {
    }
  }
}
