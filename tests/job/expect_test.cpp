// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <clotho/job/expect.hpp>

using namespace clotho;
using namespace clotho::job;

namespace {

template <class T> host_array list(std::initializer_list<T> values) {
  host_array array = make_array(scalar_of<T>, {values.size()});
  std::copy(values.begin(), values.end(), array.values<T>().begin());
  return array;
}

host_array number(double value) {
  host_array array = list<double>({value});
  array.shape = {};
  return array;
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

} // namespace

TEST_CASE("compare") {
  SUBCASE("equal arrays hold") {
    const expectation_report report = compare(list({1.0F, 2.0F}), list({1.0F, 2.0F}));
    CHECK(report.holds);
    CHECK(report.compared == 2);
    CHECK(to_string(report) == "holds");
  }
  SUBCASE("differences are counted, the first and the largest named") {
    const expectation_report report = compare(list({1.0F, 2.5F, 7.0F}), list({1.0F, 2.0F, 3.0F}));
    CHECK_FALSE(report.holds);
    CHECK(report.differing == 2);
    CHECK(report.first_index == 1);
    CHECK(report.largest_difference == 4);
    CHECK(to_string(report) == "2 of 3 elements differ; first [1]: 2.5, expected 2; largest difference 4");
  }
  SUBCASE("a tolerance is absolute plus relative") {
    CHECK(compare(list({101.0F}), list({100.0F}), {.absolute = 1}).holds);
    CHECK(compare(list({101.0F}), list({100.0F}), {.relative = 0.01}).holds);
    CHECK(compare(list({101.5F}), list({100.0F}), {.absolute = 0.5, .relative = 0.01}).holds);
    CHECK_FALSE(compare(list({101.0F}), list({100.0F}), {.absolute = 0.5}).holds);
  }
  SUBCASE("NaN equals NaN alone") {
    CHECK(compare(list({not_a_number}), list({not_a_number})).holds);
    CHECK_FALSE(compare(list({not_a_number}), list({1.0F}), {.absolute = 1e30}).holds);
    CHECK_FALSE(compare(list({1.0F}), list({not_a_number}), {.absolute = 1e30}).holds);
    CHECK(std::isinf(compare(list({not_a_number}), list({1.0F})).largest_difference));
  }
  SUBCASE("an infinity equals itself, and no tolerance reaches it") {
    CHECK(compare(list({infinity}), list({infinity})).holds);
    CHECK_FALSE(compare(list({infinity}), list({-infinity}), {.relative = 1}).holds);
    CHECK_FALSE(compare(list({1.0F}), list({infinity}), {.relative = 1}).holds);
  }
  SUBCASE("64-bit integers compare exactly") {
    const std::uint64_t large = std::uint64_t{1} << 60;
    CHECK(compare(list({large}), list({large})).holds);
    CHECK_FALSE(compare(list({large + 1}), list({large})).holds);
    CHECK(compare(list({large + 1}), list({large})).largest_difference == 1);
    CHECK(compare(list({std::int64_t{-5}}), list({std::int64_t{-3}}), {.absolute = 2}).holds);
  }
  SUBCASE("other shapes are a problem, in words") {
    host_array square = list({1.0F, 2.0F, 3.0F, 4.0F});
    square.shape = {2, 2};
    const expectation_report report = compare(square, list({1.0F, 2.0F, 3.0F, 4.0F}));
    CHECK_FALSE(report.holds);
    CHECK(to_string(report) == "its shape is (2, 2), expected (4,)");
  }
  SUBCASE("one number is compared with every element") {
    CHECK(compare(list({2.0F, 2.0F}), number(2)).holds);
    CHECK(compare(list({2.0F, 3.0F}), number(2)).differing == 1);
  }
  SUBCASE("the expectation is rounded to the result's type") {
    CHECK(compare(list({0.1F}), list({0.1})).holds);
    CHECK_FALSE(compare(list({std::uint8_t{2}}), list({2.5})).holds);
    CHECK(compare(list({std::uint8_t{2}}), list({2.5}), {.absolute = 0.5}).holds);
  }
  SUBCASE("nothing equals nothing") {
    CHECK(compare(make_array(scalar::f32, {0}), make_array(scalar::f32, {0})).holds);
  }
}
