// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include <clotho/job/host_array.hpp>

#include "damage.hpp"

using namespace clotho;
using clotho::test::message_of;

namespace {

template <class T> host_array array_of(std::vector<T> values) {
  host_array array = make_array(scalar_of<T>, {values.size()});
  std::copy(values.begin(), values.end(), array.values<T>().begin());
  return array;
}

template <class T> std::string refusal(std::vector<T> values, scalar to) {
  return message_of<argument_error>([&] { return convert(array_of(values), to); });
}

} // namespace

TEST_CASE("shapes") {
  CHECK(shape_text({}) == "()");
  CHECK(shape_text(std::vector<std::size_t>{3}) == "(3,)");
  CHECK(shape_text(std::vector<std::size_t>{2, 3}) == "(2, 3)");
  CHECK(element_count({}) == 1);
  CHECK(element_count(std::vector<std::size_t>{0, std::size_t(-1), 2}) == 0);
  CHECK(message_of<argument_error>([] {
          return element_count(std::vector<std::size_t>{1ul << 63, 2});
        })
        == "an array of shape (9223372036854775808, 2) has more elements than memory can have");
}

TEST_CASE("make_array") {
  const host_array array = make_array(scalar::i16, {2, 3});
  CHECK(array.size_bytes() == 12);
  CHECK(array.element_count() == 6);
  for (const std::int16_t value : array.values<std::int16_t>()) CHECK(value == 0);
  CHECK(make_array(scalar::f64, {}).element_count() == 1);
  CHECK(make_array(scalar::f64, {4, 0}).element_count() == 0);
  CHECK(message_of<argument_error>([] { return make_array(scalar::f64, {1ul << 61}); })
        == "an array of (2305843009213693952,) f64 does not fit into memory");
  CHECK(host_array{}.element_count() == 0);
}

TEST_CASE("values") {
  SUBCASE("of another type are refused") {
    const host_array array = make_array(scalar::f32, {1});
    CHECK(message_of<argument_error>([&] { return array.values<std::uint8_t>(); })
          == "the array holds f32, not u8; use convert()");
  }
  SUBCASE("an array at odds with itself is found") {
    const host_array array{scalar::f32, {2, 2}, os::bytes(12)};
    CHECK(message_of<argument_error>([&] { return array.check(), 0; })
          == "the array says (2, 2) f32 but holds 12 bytes");
  }
}

TEST_CASE("convert between integers keeps every value") {
  CHECK(convert(array_of<std::int32_t>({-128, 127}), scalar::i8) == array_of<std::int8_t>({-128, 127}));
  CHECK(convert(array_of<std::uint64_t>({0, 1ul << 63}), scalar::u64)
        == array_of<std::uint64_t>({0, 1ul << 63}));
  CHECK(refusal<std::int32_t>({1, 300}, scalar::u8)
        == "element [1] is 300, which does not fit u8 (0 to 255)");
  CHECK(refusal<std::int8_t>({-1}, scalar::u64)
        == "element [0] is -1, which does not fit u64 (0 to 18446744073709551615)");
  CHECK(refusal<std::uint64_t>({1ul << 63}, scalar::i64)
        == "element [0] is 9223372036854775808, which does not fit i64 (-9223372036854775808 to "
           "9223372036854775807)");
}

TEST_CASE("convert to integers takes whole numbers alone") {
  CHECK(convert(array_of<float>({-0.0f, 255.0f}), scalar::u8) == array_of<std::uint8_t>({0, 255}));
  CHECK(convert(array_of<double>({-0x1p63}), scalar::i64) == array_of<std::int64_t>({INT64_MIN}));
  CHECK(refusal<double>({0x1p63}, scalar::i64)
            .starts_with("element [0] is 9223372036854775808, which does not fit"));
  CHECK(refusal<float>({1.5f}, scalar::i32)
        == "element [0] is 1.5, which is not a whole number; i32 needs one");
  CHECK(refusal<float>({NAN}, scalar::i32)
        == "element [0] is nan, which is not a whole number; i32 needs one");
  CHECK(refusal<double>({INFINITY}, scalar::u64)
        == "element [0] is inf, which is not a whole number; u64 needs one");
  CHECK(refusal<float>({-1.0f}, scalar::u8) == "element [0] is -1, which does not fit u8 (0 to 255)");
  CHECK(convert(array_of<half>({to_half(3)}), scalar::i16) == array_of<std::int16_t>({3}));
}

TEST_CASE("convert to floating point rounds to nearest") {
  CHECK(convert(array_of<double>({0.1}), scalar::f32) == array_of<float>({0.1f}));
  CHECK(convert(array_of<std::int64_t>({(1l << 62) + 1}), scalar::f64) == array_of<double>({0x1p62}));
  // By way of double this would round twice, and to another float.
  CHECK(convert(array_of<std::int64_t>({0x0080000080000001}), scalar::f32)
        == array_of<float>({0x1.000002p55f}));
  CHECK(convert(array_of<std::int32_t>({2049}), scalar::f16) == array_of<half>({to_half(2048)}));
  CHECK(convert(array_of<float>({INFINITY}), scalar::f16) == array_of<half>({to_half(INFINITY)}));
  CHECK(std::isnan(to_double(convert(array_of<half>({to_half(NAN)}), scalar::f32), 0)));
  CHECK(refusal<double>({1, 1e300}, scalar::f32) == "element [1] is 1e+300, which does not fit f32");
  CHECK(refusal<std::int32_t>({70000}, scalar::f16) == "element [0] is 70000, which does not fit f16");
}

TEST_CASE("convert names elements by all their indices") {
  host_array table = make_array(scalar::i32, {2, 3});
  table.values<std::int32_t>()[5] = -7;
  CHECK(message_of<argument_error>([&] {
          return convert(table, scalar::u32);
        }).starts_with("element [1, 2] is -7"));
  CHECK(convert(table, scalar::f32).shape == table.shape);
}

TEST_CASE("to_double") {
  CHECK(to_double(array_of<half>({to_half(0.5)}), 0) == 0.5);
  CHECK(to_double(array_of<std::int8_t>({1, -2}), 1) == -2);
  CHECK(message_of<argument_error>([] { return to_double(make_array(scalar::u8, {2}), 2); })
        == "element 2 of an array of 2");
}
