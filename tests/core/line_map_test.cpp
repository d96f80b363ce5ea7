// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clotho/core/line_map.hpp>

using namespace clotho;

TEST_CASE("lines of a flattened text are found in the files they came from") {
  const std::string text =
      "#define N 4\n#line 1 \"a.cl\"\nint a;\n#line 1 \"sub/b \\\"x\\\".h\"\nint b;\nint c;\n#line 3 \"a.cl\"\nint d;";
  CHECK(original_place(text, 1) == source_location{});
  CHECK(original_place(text, 3) == source_location{"a.cl", 1, 0});
  CHECK(original_place(text, 5) == source_location{"sub/b \"x\".h", 1, 0});
  CHECK(original_place(text, 6) == source_location{"sub/b \"x\".h", 2, 0});
  CHECK(original_place(text, 8) == source_location{"a.cl", 3, 0});
  CHECK(original_place(text, 99) == source_location{});
  CHECK(original_place("", 1) == source_location{});
}
