// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <clotho/job/detail/philox.hpp>
#include <clotho/job/parameters.hpp>
#include <clotho/job/value.hpp>

#include "damage.hpp"

using namespace clotho;
using namespace clotho::job;
using clotho::test::message_of;

namespace {

using texts = std::vector<std::string>;

template <class T> T parsed(std::string_view text) {
  const value result = parse_value(text);
  REQUIRE(std::holds_alternative<T>(result));
  return std::get<T>(result);
}

texts numbers(std::string_view text) { return parsed<literal>(text).numbers; }

texts shape_of(std::string_view text) {
  texts sizes;
  for (const expression& size : parsed<generator>(text).shape) sizes.push_back(size.text());
  return sizes;
}

std::string refusal(std::string_view text) {
  return message_of<argument_error>([&] { return parse_value(text); });
}

std::vector<double> doubles(const host_array& array) {
  std::vector<double> result;
  for (std::size_t i = 0; i < array.element_count(); ++i) result.push_back(to_double(array, i));
  return result;
}

std::vector<double> generated(std::string_view text, scalar type, std::size_t n) {
  return doubles(generate(parsed<generator>(text), type, {n}));
}

double scalar_value_of(std::string_view text, scalar type) { return to_double(parse_scalar(text, type), 0); }
std::string scalar_refusal(std::string_view text, scalar type) {
  return message_of<argument_error>([&] { return parse_scalar(text, type); });
}

} // namespace

TEST_CASE("value: numbers stay text until their type is known") {
  CHECK(numbers("1024") == texts{"1024"});
  CHECK(numbers(" 1.5 ") == texts{"1.5"});
  CHECK(numbers("1, 2,3,-4e2") == texts{"1", "2", "3", "-4e2"});
  CHECK(numbers("0xff") == texts{"0xff"});
  CHECK(numbers("nan,-inf") == texts{"nan", "-inf"});
  CHECK(numbers("1e400") == texts{"1e400"});
  CHECK(numbers("$sigma * 2") == texts{"$sigma * 2"});
  CHECK(numbers("min($a,$b),${c}") == texts{"min($a,$b)", "${c}"});
  CHECK(numbers("2*512,1") == texts{"1024", "1"});
}

TEST_CASE("value: files") {
  CHECK(parsed<file_input>("@x.npy").path == "x.npy");
  CHECK(parsed<file_input>("@dir/x.csv").path == "dir/x.csv");
  CHECK(parsed<file_input>("@-").path == "-");

  const file_input member = parsed<file_input>("@all.npz:x");
  CHECK(member.path == "all.npz");
  CHECK(member.hint.member == "x");

  const file_input raw = parsed<file_input>("@x.bin,f32,1024x4");
  CHECK(raw.path == "x.bin");
  CHECK(raw.hint.type == scalar::f32);
  CHECK(raw.hint.shape == std::vector<std::size_t>{1024, 4});

  const file_input piped = parsed<file_input>("@-,u8");
  CHECK(piped.path == "-");
  CHECK(piped.hint.type == scalar::u8);
  CHECK(piped.hint.shape.empty());
}

TEST_CASE("value: the last suffixes count, all else is the file's name") {
  CHECK(parsed<file_input>("@a,b.npy").path == "a,b.npy");
  CHECK(parsed<file_input>("@a,f32.npy").path == "a,f32.npy");
  CHECK(parsed<file_input>("@a,u8,b.bin,f32").path == "a,u8,b.bin");
  CHECK(parsed<file_input>("@x.bin,f33").path == "x.bin,f33");
  CHECK(parsed<file_input>("@x.bin,4x4").path == "x.bin,4x4");
  CHECK(parsed<file_input>("@C:\\x.npy").path == "C:\\x.npy");
  CHECK(parsed<file_input>("@a:b.npz").path == "a:b.npz");
  CHECK(parsed<file_input>("@a.npz:b.npz:c").path == "a.npz:b.npz");
  const file_input both = parsed<file_input>("@A.NPZ:w,f64,2x3");
  CHECK(both.path == "A.NPZ");
  CHECK(both.hint.member == "w");
  CHECK(both.hint.type == scalar::f64);
}

TEST_CASE("value: generators") {
  CHECK(parsed<generator>("zeros:1024").what == generator::kind::zeros);
  CHECK(shape_of("zeros:1024x1024") == texts{"1024", "1024"});
  CHECK(shape_of("iota:").empty());
  CHECK(shape_of("zeros:n") == texts{"n"});
  CHECK(shape_of("zeros:max(n,4)*2") == texts{"max(n,4)*2"});
  CHECK(shape_of("rand:(2*n)x4") == texts{"(2*n)", "4"});
  CHECK(shape_of("rand:(n)x(img.w)x3,seed=1") == texts{"(n)", "(img.w)", "3"});
  CHECK(shape_of("zeros:nx") == texts{"nx"});
  CHECK(shape_of("zeros:n*(2)") == texts{"n*(2)"});

  const generator fill = parsed<generator>("fill:1024,value=-3.5,type=f64");
  CHECK(fill.what == generator::kind::fill);
  CHECK(fill.value == -3.5);
  CHECK(fill.type == scalar::f64);

  const generator uniform = parsed<generator>("rand:n,lo=-1,hi=2,seed=18446744073709551615");
  CHECK(uniform.what == generator::kind::uniform);
  CHECK(uniform.low == -1);
  CHECK(uniform.high == 2);
  CHECK(uniform.seed == std::numeric_limits<std::uint64_t>::max());
  CHECK(parsed<generator>("rand:seed=7").seed == 7);
  CHECK(parsed<generator>("rand:seed=7").shape.empty());

  CHECK(parsed<generator>("randn:4").what == generator::kind::normal);
  CHECK(parsed<generator>("like:y").what == generator::kind::like);
  CHECK(parsed<generator>("like:y").like == "y");
}

TEST_CASE("value: local memory, null, samplers") {
  CHECK(parsed<local_size>("local:4K").bytes.evaluate_size({}) == 4096);
  CHECK(parsed<local_size>("local:100").bytes.evaluate_size({}) == 100);
  CHECK(parsed<local_size>("local:n*4").bytes.text() == "n*4");
  (void)parsed<null_pointer>("null");

  const sampler_value plain = parsed<sampler_value>("sampler:");
  CHECK_FALSE(plain.linear);
  CHECK_FALSE(plain.normalized);
  CHECK(plain.address == "clamp_to_edge");
  const sampler_value fine = parsed<sampler_value>("sampler:linear, repeat,normalized");
  CHECK(fine.linear);
  CHECK(fine.normalized);
  CHECK(fine.address == "repeat");
}

TEST_CASE("value: refusals say what is wrong and what is right") {
  const std::string examples = "values look like 1024, 1,2,3,4, @x.npy, zeros:1024, local:4K, null";
  CHECK(refusal("") == "the value is empty; " + examples);
  CHECK(refusal("abc") == "'abc' is no number, file or generator; " + examples);
  CHECK(refusal("1,,2") == "'1,,2' is no number, file or generator; " + examples);
  CHECK(refusal("rand") == "'rand' needs a colon: 'rand:'");
  CHECK(refusal("zeors:4") == "'zeors:4': there is no generator 'zeors'; did you mean 'zeros'?");
  CHECK(refusal("perlin:4")
        == "'perlin:4': there is no generator 'perlin'; known are zeros, fill, iota, rand, randn, like, "
           "local, sampler");
  CHECK(refusal("rand:4,sede=1") == "'rand:4,sede=1': 'rand:' has no option 'sede'; did you mean 'seed'?");
  CHECK(refusal("zeros:4,5") == "'zeros:4,5': '5' is no option; options look like name=number");
  CHECK(refusal("fill:4") == "'fill:4': 'fill:' needs a value, as in fill:1024,value=3");
  CHECK(refusal("fill:4,value=x") == "'fill:4,value=x': value=x is no number");
  CHECK(refusal("rand:4,hi=inf") == "'rand:4,hi=inf': hi has to be finite");
  CHECK(refusal("rand:4,lo=2") == "'rand:4,lo=2': 'rand:' has lo above hi");
  CHECK(refusal("rand:4,seed=-1") == "'rand:4,seed=-1': seed=-1 is no whole number from 0 to 2^64-1");
  CHECK(refusal("zeros:4,type=float4").starts_with("'zeros:4,type=float4': 'float4' is no scalar type"));
  CHECK(refusal("zeros:(2*n)xm").find("an operator expected") != std::string::npos);
  CHECK(refusal("like:") == "'like:' needs the name of an array, as in like:y");
  CHECK(refusal("@") == "no file is named after '@'");
  CHECK(refusal("@a.npz:") == "'@a.npz:': no member is named after 'a.npz:'");
  CHECK(refusal("local:").starts_with("'local:': expression ''"));
  CHECK(refusal("sampler:cubic").starts_with("'sampler:cubic': a sampler knows no 'cubic'"));
  CHECK(refusal("sampler:linera") == "'sampler:linera': a sampler knows no 'linera'; did you mean 'linear'?");
  CHECK(refusal("$") == "'$' has a '$' without a name; '$$' is a dollar sign");
  CHECK(refusal("\x1b[2J").starts_with("'\\x1b[2J' is no number"));
}

TEST_CASE("named value") {
  CHECK(parse_named_value("n=1024").name == "n");
  CHECK(std::holds_alternative<generator>(parse_named_value("x=fill:4,value=3").what));
  const auto why = [](std::string_view text) {
    return message_of<argument_error>([&] { return parse_named_value(text); });
  };
  CHECK(why("1024") == "'1024' has no name; write it as name=value, as in n=1024");
  CHECK(why("=3") == "'=3' has no name; write it as name=value, as in n=1024");
  CHECK(why("x=zeors:4") == "x=: 'zeors:4': there is no generator 'zeors'; did you mean 'zeros'?");
}

TEST_CASE("parse_scalar: what fits") {
  CHECK(scalar_value_of("255", scalar::u8) == 255);
  CHECK(scalar_value_of("-128", scalar::i8) == -128);
  CHECK(scalar_value_of("+7", scalar::i32) == 7);
  CHECK(scalar_value_of("0x10", scalar::i32) == 16);
  CHECK(scalar_value_of("-0x10", scalar::i32) == -16);
  CHECK(scalar_value_of("-0x80", scalar::i8) == -128);
  CHECK(scalar_value_of("0x10", scalar::f32) == 16);
  CHECK(scalar_value_of("-0x10", scalar::f64) == -16);
  CHECK(scalar_value_of("2.0", scalar::i32) == 2);
  CHECK(scalar_value_of("1e3", scalar::u16) == 1000);
  CHECK(scalar_value_of("1e-400", scalar::f64) == 0);
  CHECK(parse_scalar("0.1", scalar::f32).values<float>()[0] == 0.1f);
  CHECK(parse_scalar("0xffffffffffffffff", scalar::u64).values<std::uint64_t>()[0] == ~std::uint64_t{0});
  CHECK(parse_scalar("-9223372036854775808", scalar::i64).values<std::int64_t>()[0]
        == std::numeric_limits<std::int64_t>::min());
  CHECK(std::isnan(scalar_value_of("nan", scalar::f16)));
  CHECK(scalar_value_of("-inf", scalar::f32) == -std::numeric_limits<double>::infinity());
  CHECK(parse_scalar("1", scalar::i32).shape.empty());
}

TEST_CASE("parse_scalar: what does not") {
  CHECK(scalar_refusal("300", scalar::u8) == "300 does not fit a uchar (0 to 255)");
  CHECK(scalar_refusal("-1", scalar::u8) == "-1 does not fit a uchar (0 to 255)");
  CHECK(scalar_refusal("0x100", scalar::u8) == "0x100 does not fit a uchar (0 to 255)");
  CHECK(scalar_refusal("2147483648", scalar::i32)
        == "2147483648 does not fit an int (-2147483648 to 2147483647)");
  CHECK(scalar_refusal("0x1ffffffffffffffff", scalar::u64)
        == "0x1ffffffffffffffff does not fit a ulong (0 to 18446744073709551615)");
  CHECK(scalar_refusal("abc", scalar::i32) == "'abc' is not a number");
  CHECK(scalar_refusal("", scalar::f32) == "'' is not a number");
  CHECK(scalar_refusal("0x", scalar::f32) == "'0x' is not a number");
  CHECK(scalar_refusal("1 2", scalar::f32) == "'1 2' is not a number");
  CHECK(scalar_refusal("2.5", scalar::i32) == "2.5 is not a whole number, which an int has to be");
  CHECK(scalar_refusal("nan", scalar::i32) == "nan is not a whole number, which an int has to be");
  CHECK(scalar_refusal("1e400", scalar::f64).starts_with("1e400 does not fit a double (up to 1.79"));
  CHECK(scalar_refusal("1e39", scalar::f32).starts_with("1e39 does not fit a float (up to 3.40"));
  CHECK(scalar_refusal("70000", scalar::f16) == "70000 does not fit a half (up to 65504)");
}

TEST_CASE("philox: known answers of Random123") {
  using detail::philox;
  using detail::philox_counter;
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == philox_counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({ones, ones, ones, ones}, {ones, ones})
        == philox_counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0})
        == philox_counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("generate: constants and counting") {
  CHECK(generated("zeros:", scalar::f32, 3) == std::vector<double>{0, 0, 0});
  CHECK(generated("fill:,value=3", scalar::u8, 2) == std::vector<double>{3, 3});
  CHECK(generated("fill:,value=-inf", scalar::f16, 1)[0] == -std::numeric_limits<double>::infinity());
  CHECK(generated("iota:", scalar::i16, 4) == std::vector<double>{0, 1, 2, 3});
  CHECK(generated("iota:", scalar::f16, 3) == std::vector<double>{0, 1, 2});
  CHECK(generated("iota:", scalar::u8, 256).back() == 255);
  CHECK(generated("iota:", scalar::u8, 0).empty());
  CHECK(generate(parsed<generator>("zeros:"), scalar::f32, {2, 3}).shape == std::vector<std::size_t>{2, 3});
  const auto why = [](std::string_view text, scalar type, std::size_t n) {
    return message_of<argument_error>([&] { return generated(text, type, n); });
  };
  CHECK(why("iota:", scalar::u8, 257) == "256 does not fit u8 (0 to 255)");
  CHECK(why("fill:,value=300", scalar::u8, 1) == "300 does not fit u8 (0 to 255)");
  CHECK(why("fill:,value=0.5", scalar::i32, 1) == "0.5 does not fit i32 (-2147483648 to 2147483647)");
  CHECK(why("fill:,value=1e39", scalar::f32, 1) == "1e+39 does not fit f32");
  CHECK(why("rand:,lo=-1", scalar::u32, 1) == "-1 does not fit u32 (0 to 4294967295)");
  CHECK(why("randn:", scalar::i32, 1)
        == "'randn:' gives fractions, which i32 cannot hold; use 'rand:' with lo and hi");
}

TEST_CASE("generate: uniform") {
  for (const scalar type : {scalar::f16, scalar::f32, scalar::f64}) {
    const std::vector<double> values = generated("rand:", type, 100'000);
    CHECK(*std::min_element(values.begin(), values.end()) >= 0);
    CHECK(*std::max_element(values.begin(), values.end()) < 1);
    CHECK(std::accumulate(values.begin(), values.end(), 0.0) / 1e5 == doctest::Approx(0.5).epsilon(0.02));
  }
  const std::vector<double> dice = generated("rand:,lo=1,hi=6", scalar::u8, 60'000);
  for (int face = 1; face <= 6; ++face)
    CHECK(std::count(dice.begin(), dice.end(), face) == doctest::Approx(10'000).epsilon(0.06));
  const std::vector<double> around = generated("rand:,lo=-2,hi=2", scalar::i8, 10'000);
  CHECK(*std::min_element(around.begin(), around.end()) == -2);
  CHECK(*std::max_element(around.begin(), around.end()) == 2);
  CHECK(generated("rand:,lo=3,hi=3", scalar::f32, 2) == std::vector<double>{3, 3});
  CHECK(std::isfinite(generated("rand:,lo=-1e308,hi=1e308", scalar::f64, 1)[0]));
}

TEST_CASE("generate: an element depends on seed and index alone") {
  for (const char* text : {"rand:,seed=7", "randn:,seed=7"}) {
    const std::vector<double> whole = generated(text, scalar::f32, 1000);
    const std::vector<double> slice = generated(text, scalar::f32, 10);
    CHECK(std::equal(slice.begin(), slice.end(), whole.begin()));
    CHECK(whole == generated(text, scalar::f32, 1000));
  }
  CHECK(generated("rand:,seed=7", scalar::f64, 10) != generated("rand:,seed=8", scalar::f64, 10));
  // The first word of the known answer above, and no other, on every machine.
  CHECK(generated("rand:", scalar::f64, 1)[0] == std::ldexp(0x6627e8d5e169c58dull >> 11, -53));
}

TEST_CASE("generate: normal") {
  const std::vector<double> values = generated("randn:", scalar::f64, 100'000);
  double sum = 0, squares = 0;
  for (const double x : values) {
    sum += x;
    squares += x * x;
  }
  CHECK(std::fabs(sum / 1e5) < 0.02);
  CHECK(squares / 1e5 == doctest::Approx(1).epsilon(0.03));
}

TEST_CASE("substitute") {
  const parameter_list parameters{{"n", "4"},       {"sigma", "1.5"}, {"dir", "data"},
                                  {"sum", "1 + 2"}, {"v", "1,2"},     {"big", "9007199254740993"}};
  CHECK(substitute("$n", parameters) == "4");
  CHECK(substitute("${n}", parameters) == "4");
  CHECK(substitute("$big", parameters) == "9007199254740993");
  CHECK(substitute("$sigma * 2", parameters) == "3");
  CHECK(substitute("$n / 8", parameters) == "0");
  CHECK(substitute("$n / 8.0", parameters) == "0.5");
  CHECK(substitute("$sum * 2", parameters) == "6");
  CHECK(substitute("2 + 3", parameters) == "5");
  CHECK(substitute("$dir/x$n.npy", parameters) == "data/x4.npy");
  CHECK(substitute("${dir}n", parameters) == "datan");
  CHECK(substitute("a$$b", parameters) == "a$b");
  CHECK(substitute("n", parameters) == "n");
  CHECK(substitute(literal{{"$v", "$n"}}, parameters).numbers == texts{"1", "2", "4"});
  const auto why = [&](std::string_view text) {
    return message_of<argument_error>([&] { return substitute(text, parameters); });
  };
  CHECK(why("$sigmo") == "there is no parameter 'sigmo'; did you mean 'sigma'?");
  CHECK(why("$zzzzzz") == "there is no parameter 'zzzzzz'; known are n, sigma, dir, sum, v, big");
  CHECK(why("2 $") == "'2 $' has a '$' without a name; '$$' is a dollar sign");
  CHECK(why("${n") == "'${n' has a '${' without its '}'");
  CHECK(why("$n / 0") == "expression '(4) / 0' divides by zero");
  CHECK(parameters_in("$a*${b} + $$c") == texts{"a", "b"});
}

TEST_CASE("value: random texts never crash") {
  const texts seeds{"rand:1024x4,lo=0,hi=1,seed=7", "@all.npz:x,f32,3x4",           "$sigma * 2,1",
                    "sampler:linear,repeat",        "fill:(2*n)x4,value=3,type=u8", "local:4K"};
  const unsigned seed = std::random_device{}();
  MESSAGE("seed ", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 10'000; ++round) {
    std::string text = seeds[random() % seeds.size()];
    for (auto changes = 1 + random() % 5; changes > 0; --changes) {
      const std::size_t at = random() % (text.size() + 1);
      if (random() % 2 != 0 || at == text.size())
        text.insert(at, 1, static_cast<char>(random()));
      else
        text.erase(at, 1);
    }
    CAPTURE(text);
    try {
      (void)parse_value(text);
    } catch (const argument_error& why) {
      CHECK(*why.what() != '\0');
    }
  }
}
