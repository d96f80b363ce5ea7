// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/core/text.hpp>

using namespace clotho;

TEST_CASE("did_you_mean") {
  const std::vector<std::string> words{"saxpy", "scale", "devices"};
  SUBCASE("a slip finds its word") { CHECK(did_you_mean("saxyp", words) == "saxpy"); }
  SUBCASE("case does not count") { CHECK(did_you_mean("DEVICE", words) == "devices"); }
  SUBCASE("something else finds nothing") { CHECK_FALSE(did_you_mean("matrix", words)); }
  SUBCASE("no candidates, no suggestion") { CHECK_FALSE(did_you_mean("a", std::vector<std::string>{})); }
}

TEST_CASE("numbers are read whole or not at all") {
  CHECK(parse_unsigned("0x10") == 16u);
  CHECK(parse_unsigned("18446744073709551615") == 18446744073709551615u);
  CHECK_FALSE(parse_unsigned("18446744073709551616"));
  CHECK_FALSE(parse_unsigned("12a"));
  CHECK_FALSE(parse_unsigned("-1"));
  CHECK_FALSE(parse_unsigned(""));
  CHECK(parse_signed("-9223372036854775808") == INT64_MIN);
  CHECK_FALSE(parse_signed("9223372036854775808"));
  CHECK(parse_double("+1e-3") == 1e-3);
  CHECK_FALSE(parse_double("1,5"));
  CHECK_FALSE(parse_double("++1"));
}

TEST_CASE("sizes") {
  CHECK(parse_size("4K") == 4096u);
  CHECK(parse_size("8 GiB") == std::uint64_t{8} << 30);
  CHECK(parse_size("17") == 17u);
  CHECK_FALSE(parse_size("4X"));
  CHECK_FALSE(parse_size("99999999999T"));
  CHECK(format_size(4096) == "4 KiB");
  CHECK(format_size(1536) == "1.5 KiB");
  CHECK(format_size(0) == "0 B");
}

TEST_CASE("split, join, trim, printable") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',').size() == 1);
  CHECK(join(std::vector<std::string>{"a", "b"}, ", ") == "a, b");
  CHECK(trim(" \t x \n") == "x");
  CHECK(printable("a\x1b[2Jb\n") == "a\\x1b[2Jb\\n");
}
