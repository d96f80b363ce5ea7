// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include <clotho/core/element_type.hpp>

using namespace clotho;

TEST_CASE("names of element types round-trip") {
  for (int s = 0; s <= static_cast<int>(scalar::f64); ++s)
    for (const std::uint8_t width : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{16}}) {
      const element_type type{static_cast<scalar>(s), width};
      CHECK(parse_element_type(opencl_name(type)) == type);
    }
  CHECK(parse_element_type("unsigned int") == element_type{scalar::u32, 1});
  CHECK(parse_element_type("f16") == element_type{scalar::f16, 1});
  CHECK_FALSE(parse_element_type("float5"));
  CHECK_FALSE(parse_element_type("Point"));
  CHECK_FALSE(parse_element_type(""));
}

TEST_CASE("a vector of three takes the room of four") {
  CHECK(element_type{scalar::f32, 3}.size_bytes() == 16);
  CHECK(element_type{scalar::u8, 16}.size_bytes() == 16);
}

TEST_CASE("half: every bit pattern survives the way to double and back") {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const half value{static_cast<std::uint16_t>(bits)};
    if (std::isnan(to_double(value)))
      CHECK(std::isnan(to_double(to_half(to_double(value)))));
    else
      CHECK(to_half(to_double(value)) == value);
  }
}

TEST_CASE("half: values round to nearest even, overflow to infinity") {
  CHECK(to_half(1.0).bits == 0x3c00);
  CHECK(to_half(-2.0).bits == 0xc000);
  CHECK(to_half(65504.0).bits == 0x7bff);
  CHECK(to_half(65519.9).bits == 0x7bff);
  CHECK(to_half(65520.0).bits == 0x7c00);
  CHECK(to_half(1.0 + 1.0 / 2048).bits == 0x3c00);
  CHECK(to_half(1.0 + 3.0 / 2048).bits == 0x3c02);
  CHECK(to_half(std::ldexp(1.0, -25)).bits == 0);
  CHECK(to_half(std::ldexp(1.5, -25)).bits == 1);
  CHECK(to_half(-0.0).bits == 0x8000);
  CHECK(std::isnan(to_double(to_half(std::numeric_limits<double>::quiet_NaN()))));
}
