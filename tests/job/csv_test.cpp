// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

#include <clotho/job/csv.hpp>

#include "damage.hpp"
#include "support/temporary_folder.hpp"

using namespace clotho;
using namespace clotho::test;

namespace {

using shape = std::vector<std::size_t>;

std::vector<double> numbers(std::string_view text, scalar type = scalar::f64) {
  const host_array array = parse_csv(text, type);
  std::vector<double> values;
  for (std::size_t i = 0; i < array.element_count(); ++i) values.push_back(to_double(array, i));
  return values;
}

std::string refusal(std::string_view text, scalar type = scalar::f64) {
  return message_of<format_error>([&] { return parse_csv(text, type, "t.csv"); });
}

const std::vector<double> one_to_four{1, 2, 3, 4};

} // namespace

TEST_CASE("csv: separators") {
  for (const std::string text : {"1,2\n3,4\n", "1;2\n3;4", "1\t2\n3\t4\n", "1 2\n3 4\n", "  1  2\n 3   4  \n",
                                 "1, 2\n 3 ,4\n", "1,2\r\n3,4\r\n", "\n1,2\n\n \n3,4\n\n",
                                 "\xef\xbb\xbf"
                                 "1,2\n3,4",
                                 "\"1\",\"2\"\n\"3\",4"}) {
    CAPTURE(text);
    CHECK(numbers(text) == one_to_four);
    CHECK(parse_csv(text, scalar::u8).shape == shape{2, 2});
  }
}

TEST_CASE("csv: comments and headers are skipped") {
  for (const std::string text : {"# made by hand\n1,2 # first\n3,4", "a,b\n1,2\n3,4\n",
                                 "#c\n\"time (s)\",\"value\"\n1 2\n3 4\n", "only one name\n1,2\n3,4\n"})
    CHECK(numbers(text) == one_to_four);
  CHECK(refusal("1,2\na,b\n") == "t.csv:2:1: 'a' is not a number");
  CHECK(refusal("x,1\n2,3\n") == "t.csv:1:1: 'x' is not a number");
}

TEST_CASE("csv: shapes") {
  CHECK(parse_csv("", scalar::f32).shape == shape{0});
  CHECK(parse_csv("name\n", scalar::f32).shape == shape{0});
  CHECK(parse_csv("5", scalar::f32).shape == shape{1});
  CHECK(parse_csv("5\n6\n7\n", scalar::f32).shape == shape{3});
  CHECK(parse_csv("5,6,7\n", scalar::f32).shape == shape{1, 3});
}

TEST_CASE("csv: complaints name line and column") {
  CHECK(refusal("1,2\n3\n") == "t.csv:2:1: the row has 1 field; the first has 2");
  CHECK(refusal("1 2\n3 4 5\n") == "t.csv:2:1: the row has 3 fields; the first has 2");
  CHECK(refusal("1,2\n3, x\n") == "t.csv:2:4: 'x' is not a number");
  CHECK(refusal("1,,2\n") == "t.csv:1:3: the field is empty");
  CHECK(refusal("1,2,\n") == "t.csv:1:5: the field is empty");
  CHECK(refusal("1;2\n1,5;2\n") == "t.csv:2:1: '1,5' is not a number; write decimals with a point");
  CHECK(refusal("1\n\x1b[2J\n") == "t.csv:2:1: '\\x1b[2J' is not a number");
  CHECK(refusal("1\n2e\n") == "t.csv:2:1: '2e' is not a number");
  CHECK(refusal("1\n0x10\n") == "t.csv:2:1: '0x10' is not a number");
  CHECK(refusal("1\n+-1\n") == "t.csv:2:1: '+-1' is not a number");
}

TEST_CASE("csv: values that do not fit their type") {
  CHECK(refusal("1,300\n", scalar::u8) == "t.csv:1:3: '300' does not fit u8 (0 to 255)");
  CHECK(refusal("-1\n", scalar::u32) == "t.csv:1:1: '-1' does not fit u32 (0 to 4294967295)");
  CHECK(refusal("1.5\n", scalar::i32) == "t.csv:1:1: '1.5' is not a whole number; i32 needs one");
  CHECK(refusal("nan\n", scalar::i32) == "t.csv:1:1: 'nan' is not a whole number; i32 needs one");
  CHECK(refusal("1e400\n", scalar::f64) == "t.csv:1:1: '1e400' does not fit f64");
  CHECK(refusal("-1e39\n", scalar::f32) == "t.csv:1:1: '-1e39' does not fit f32");
  CHECK(refusal("70000\n", scalar::f16) == "t.csv:1:1: '70000' does not fit f16");
  CHECK(refusal("1e30\n", scalar::i64).find("does not fit i64") != std::string::npos);
}

TEST_CASE("csv: spellings of numbers") {
  CHECK(numbers("+1,-2,1e3,2.0", scalar::i32) == std::vector<double>{1, -2, 1000, 2});
  CHECK(numbers("18446744073709551615", scalar::u64) == std::vector<double>{0x1p64});
  CHECK(parse_csv("-9223372036854775808", scalar::i64).values<std::int64_t>()[0] == INT64_MIN);
  CHECK(numbers("1e-400,-1e-400,inf,-inf,.5,5.") == std::vector<double>{0, 0, INFINITY, -INFINITY, .5, 5});
  CHECK(numbers("1e-60", scalar::f32) == std::vector<double>{0});
  CHECK(std::isnan(numbers("nan")[0]));
  CHECK(numbers("0.1", scalar::f16) == std::vector<double>{to_double(to_half(0.1))});
  CHECK(numbers("4.9406564584124654e-324") == std::vector<double>{0x1p-1074});
}

TEST_CASE("csv: what is written is read again") {
  const temporary_folder folder;
  const auto path = folder / "t.csv";
  SUBCASE("the shortest text") {
    host_array table = make_array(scalar::f32, {2, 2});
    table.values<float>()[0] = 0.1f;
    table.values<float>()[1] = -1e30f;
    table.values<float>()[3] = INFINITY;
    write_csv(path, table);
    CHECK(os::read_text(path) == "0.1,-1e+30\n0,inf\n");
    CHECK(read_csv(path, scalar::f32) == table);
    write_csv(path, table, '\t');
    CHECK(os::read_text(path) == "0.1\t-1e+30\n0\tinf\n");
    CHECK(read_csv(path, scalar::f32) == table);
  }
  SUBCASE("every value of every type") {
    std::mt19937_64 random(7);
    for (int type = 0; type < 11; ++type) {
      host_array table = make_array(static_cast<scalar>(type), {1003, 3});
      for (std::byte& byte : table.data) byte = static_cast<std::byte>(random());
      if (table.type == scalar::f64)
        for (double& v : table.values<double>()) v = std::isnan(v) ? 1 : v;
      if (table.type == scalar::f32)
        for (float& v : table.values<float>()) v = std::isnan(v) ? 1 : v;
      if (table.type == scalar::f16)
        for (half& v : table.values<half>()) v = std::isnan(to_double(v)) ? half{} : v;
      write_csv(path, table);
      CAPTURE(std::string(short_name(table.type)));
      CHECK(read_csv(path, table.type) == table);
    }
  }
  SUBCASE("edge shapes") {
    for (const std::size_t n : {0u, 1u, 2u, 300001u}) {
      write_csv(path, make_array(scalar::i16, {n}));
      CHECK(read_csv(path, scalar::i16) == make_array(scalar::i16, {n}));
    }
    write_csv(path, make_array(scalar::i16, {}));
    CHECK(os::read_text(path) == "0\n");
    write_csv(path, make_array(scalar::i16, {3, 0}));
    CHECK(os::read_text(path).empty());
  }
  SUBCASE("three dimensions are too many") {
    CHECK(message_of<argument_error>([&] {
            return write_csv(path, make_array(scalar::u8, {2, 3, 4})), 0;
          })
          == "a table has rows and columns; the array is (2, 3, 4): write it as .npy");
    CHECK_FALSE(std::filesystem::exists(path));
  }
}

TEST_CASE("csv: damaged text") {
  const std::string text = "a,b,c\n1,2.5,-3e-7\n4,5,6 # end\n\"7\",8,9\n";
  const auto bytes = std::as_bytes(std::span(text));
  check_flips({bytes.begin(), bytes.end()}, 5000, [](const os::bytes& content) {
    return parse_csv({reinterpret_cast<const char*>(content.data()), content.size()}, scalar::f32);
  });
}
