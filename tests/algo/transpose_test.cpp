// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <complex>
#include <cstdint>
#include <cstring>
#include <vector>

#include <clotho/algo/transpose.hpp>
#include <clotho/core/error.hpp>
#include <support/contains.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>

using namespace clotho;
using test::contains;
using test::refusal;

namespace {

template <class Body> void for_each_shape(const Body& body) {
  test::for_each_shape([&](const runtime& rt) {
    if (test::is_slow_device(rt)) tune(rt, tuning_table::parse("* transpose * tile=4 block=32"));
    body(rt);
  });
}

// Every bit pattern of the lowest bytes, also those that are no numbers.
template <class T> std::vector<T> patterns(std::size_t n) {
  std::vector<T> made(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t bits[2] = {(i + 1) * 0x9E3779B97F4A7C15u, ~i};
    std::memcpy(&made[i], bits, sizeof(T));
  }
  return made;
}

template <class T>
std::vector<T> transposed(const std::vector<T>& in, std::size_t rows, std::size_t columns) {
  std::vector<T> out(in.size());
  for (std::size_t q = 0; q < in.size(); q += rows * columns)
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) out[q + j * rows + i] = in[q + i * columns + j];
  return out;
}

template <class T> bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <class T>
void check(const runtime& rt, std::size_t rows, std::size_t columns, std::size_t count = 1) {
  CAPTURE(sizeof(T));
  CAPTURE(rows);
  CAPTURE(columns);
  CAPTURE(count);
  const std::vector<T> values = patterns<T>(rows * columns * count);
  const buffer<T> from(rt, values), to(rt, values.size());
  transpose(rt, rows, columns, from, to, count);
  CHECK(same_bits(rt.read(to).get(), transposed(values, rows, columns)));
  if (rows != columns) return;
  transpose(rt, rows, from, count);
  CHECK(same_bits(rt.read(from).get(), transposed(values, rows, columns)));
}

} // namespace

TEST_CASE("transpose of any size") {
  for_each_shape([](const runtime& rt) {
    for (const std::size_t n : {1, 2, 15, 16, 17, 33, 64, 65, 130}) {
      if (test::is_slow_device(rt) && n > 33) continue;
      check<float>(rt, n, n);
      check<float>(rt, n, 7);
      check<float>(rt, 40, n);
    }
  });
}

TEST_CASE("transpose of elements of every size") {
  for_each_shape([](const runtime& rt) {
    check<std::uint8_t>(rt, 33, 17, 3);
    check<half>(rt, 33, 17, 3);
    check<double>(rt, 33, 17, 3);
    check<double>(rt, 19, 19, 2);
    check<std::complex<double>>(rt, 33, 17, 3);
    check<std::complex<double>>(rt, 19, 19, 2);
  });
}

TEST_CASE("transpose of many matrices at once") {
  for_each_shape([](const runtime& rt) {
    check<std::int32_t>(rt, 20, 20, 4);
    check<std::int32_t>(rt, 3, 70, 5);
  });
}

TEST_CASE("transpose past the caches, from memory that begins anywhere") {
  for_each_shape([](const runtime& rt) {
    if (test::is_slow_device(rt)) return; // that path is for large results
    check<float>(rt, 512, 1000);
    check<double>(rt, 520, 300);
    check<std::complex<double>>(rt, 260, 300);
    const std::vector<float> values = patterns<float>(512 * 600);
    std::vector<float> memory(values.size() + 1); // not where lines begin
    const auto from = buffer<float>(rt, values);
    const auto to = buffer<float>::over(rt, std::span<float>(memory).subspan(1));
    transpose(rt, 512, 600, from, to);
    CHECK(same_bits(rt.read(to).get(), transposed(values, 512, 600)));
  });
}

TEST_CASE("transpose of parts that begin anywhere") {
  for_each_shape([](const runtime& rt) {
    const std::vector<float> values = patterns<float>(200);
    const buffer<float> from(rt, values), to(rt, std::vector<float>(200, 5.0f));
    transpose(rt, 9, 11, from.slice(3, 99), to.slice(1, 99));
    const std::vector<float> part(values.begin() + 3, values.begin() + 102);
    CHECK(same_bits(rt.read(to.slice(1, 99)).get(), transposed(part, 9, 11)));
    CHECK(rt.read(to.slice(100, 100)).get() == std::vector<float>(100, 5.0f));
    transpose(rt, 5, from.slice(1, 25));
    CHECK(same_bits(rt.read(from.slice(1, 25)).get(),
                    transposed(std::vector<float>(values.begin() + 1, values.begin() + 26), 5, 5)));
    transpose(rt, 0, 4, from.slice(0, 0), to.slice(0, 0)).get();
  });
}

TEST_CASE("transpose refuses what does not fit, in words") {
  const runtime rt({.threads = 1});
  const buffer<float> x(rt, 12), y(rt, 12);
  CHECK(contains(refusal([&] { transpose(rt, 3, 5, x, y); }),
                 "transpose: 3 x 5 elements are not the 12 of in"));
  CHECK(contains(refusal([&] { transpose(rt, 3, 3, x.slice(0, 9), y); }), "not the 12 of out"));
  CHECK(contains(refusal([&] { transpose(rt, 3, 2, x, y, 4); }), "transpose: 3 x 2, 4 times"));
  CHECK(contains(refusal([&] { transpose(rt, 2, 3, x.slice(0, 6), x.slice(5, 6)); }),
                 "transpose: in and out overlap"));
  CHECK(contains(refusal([&] { transpose(rt, std::size_t{1} << 31, x); }), "below 2^31"));
}
