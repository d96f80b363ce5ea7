// SPDX-License-Identifier: Apache-2.0
// Sparse matrices times vectors against plain loops in double: rows of all lengths, many of them empty.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <clotho/algo/spmv.hpp>
#include <support/borders.hpp>
#include <support/contains.hpp>
#include <support/device_fixture.hpp>
#include <support/refusal.hpp>
#include <support/shapes.hpp>
#include <support/skip.hpp>

using namespace clotho;
using test::contains;
using test::refusal;
using test::some_values;

namespace {

template <class T, class Offset> struct matrix {
  std::size_t columns;
  std::vector<Offset> row_starts{0};
  std::vector<std::uint32_t> column_indices{};
  std::vector<T> values{};

  [[nodiscard]] std::size_t rows() const { return row_starts.size() - 1; }
};

template <class T, class Offset = std::uint32_t>
matrix<T, Offset> with_rows(const std::vector<std::size_t>& lengths, std::size_t columns) {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::uint32_t> any(0, static_cast<std::uint32_t>(columns - 1));
  matrix<T, Offset> made{columns};
  for (const std::size_t length : lengths) {
    for (std::size_t i = 0; i < length; ++i) made.column_indices.push_back(any(random));
    made.row_starts.push_back(static_cast<Offset>(made.column_indices.size()));
  }
  made.values = some_values<T>(made.column_indices.size(), 3);
  return made;
}

template <class T, class Offset>
void check(const runtime& rt, const matrix<T, Offset>& a, double alpha, double beta) {
  CAPTURE(a.rows());
  CAPTURE(a.values.size());
  CAPTURE(beta);
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const std::vector<T> xs = some_values<T>(a.columns, 5);
  const std::vector<T> before = beta == 0 ? std::vector<T>(a.rows(), nan) : some_values<T>(a.rows(), 6);
  const buffer<Offset> starts(rt, a.row_starts);
  const buffer<std::uint32_t> indices(rt, a.column_indices);
  const buffer<T> values(rt, a.values), x(rt, xs), y(rt, before);
  spmv(rt, csr(a.rows(), a.columns, starts, indices, values), x, y, alpha, beta);
  const std::vector<T> got = rt.read(y).get();
  for (std::size_t r = 0; r < a.rows(); ++r) {
    test::summed sum;
    for (std::size_t k = a.row_starts[r]; k < a.row_starts[r + 1]; ++k)
      sum.add(alpha * double{a.values[k]} * double{xs[a.column_indices[k]]});
    const std::size_t terms = a.row_starts[r + 1] - a.row_starts[r] + 2;
    if (beta != 0) sum.add(beta * double{before[r]});
    CAPTURE(r);
    CHECK(std::abs(double{got[r]} - sum.value) <= sum.bound<T>(terms));
  }
}

std::vector<std::size_t> random_lengths(std::size_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::size_t> lengths(rows);
  for (std::size_t& one : lengths) one = random() % 3 == 0 ? 0 : random() % 12;
  return lengths;
}

// A work-item's share of cl/spmv.cl in these tests, so that small matrices have several.
runtime_options small_parts() { return {.threads = 2}; }
template <class Body> void for_each_small_shape(const Body& body) {
  test::for_each_shape(
      [&](const runtime& rt) {
        tune(rt, tuning_table::parse("* spmv * tile=64"));
        body(rt);
      },
      small_parts());
}

} // namespace

TEST_CASE("rows of every length, in any mixture") {
  for_each_small_shape([](const runtime& rt) {
    const std::size_t most = test::is_slow_device(rt) ? 40 : 300;
    std::vector<std::size_t> growing(most);
    for (std::size_t i = 0; i < most; ++i) growing[i] = i;
    check(rt, with_rows<float>(growing, 50), 1, 0);
    for (const std::size_t rows : {1, 2, 63, 64, 65, 200})
      check(rt, with_rows<float>(random_lengths(rows, static_cast<unsigned>(rows)), 30), 2, -0.5);
  });
}

TEST_CASE("long rows next to empty ones; rows that end where a work-item's share ends") {
  for_each_small_shape([](const runtime& rt) {
    const std::vector<std::size_t> none(150, 0);
    std::vector<std::size_t> mixed = none;
    mixed[0] = 130, mixed[70] = 1, mixed[149] = 500;
    check(rt, with_rows<float>(none, 5), 1, 3);
    check(rt, with_rows<float>(none, 5), 1, 0);
    check(rt, with_rows<float>(mixed, 99), 1, 1);
    check(rt, with_rows<float>({1000}, 99), 1, 0);
    check(rt, with_rows<float>({63, 63, 63}, 99), 1, 2);
    check(rt, with_rows<float>({64, 64, 0, 62, 128}, 99), 1, 2);
  });
}

TEST_CASE("shares as they are shipped") {
  if (test::device_under_test().info().platform_name == "Oclgrind")
    CLOTHO_SKIP("a device that is fast enough");
  test::for_each_shape([](const runtime& rt) {
    check(rt, with_rows<float>(random_lengths(3000, 1), 1000), 1, 0);
    check(rt, with_rows<float>({5000, 0, 9000, 3}, 1000), 1, 0);
  });
}

TEST_CASE("offsets of 64 bits; double") {
  for_each_small_shape([](const runtime& rt) {
    check(rt, with_rows<float, std::uint64_t>(random_lengths(70, 3), 30), 1, 1);
    if (rt.devices()[0].info().fp64) check(rt, with_rows<double>(random_lengths(70, 3), 30), 1, 1);
  });
}

TEST_CASE("nothing at all") {
  for_each_small_shape([](const runtime& rt) {
    check(rt, matrix<float, std::uint32_t>{3}, 1, 1);
    check(rt, matrix<float, std::uint32_t>{0, {0, 0}, {}, {}}, 1, 1);
  });
}

TEST_CASE("parts of buffers that begin anywhere") {
  test::for_each_shape([](const runtime& rt) {
    const buffer<std::uint32_t> numbers(rt, std::vector<std::uint32_t>{9, 0, 2, 3, 0, 1, 1});
    const buffer<float> reals(rt, std::vector<float>{9, 1, 2, 3, 10, 100, 7, 7, 7});
    spmv(rt, csr(2, 2, numbers.slice(1, 3), numbers.slice(4, 3), reals.slice(1, 3)), reals.slice(4, 2),
         reals.slice(6, 2), 1, 1);
    CHECK(rt.read(reals).get() == std::vector<float>{9, 1, 2, 3, 10, 100, 217, 307, 7});
  });
}

TEST_CASE("misuse is refused in words") {
  const runtime rt({.threads = 1});
  const buffer<std::uint32_t> starts(rt, 4), indices(rt, 5);
  const buffer<float> values(rt, 5), x(rt, 7), y(rt, 3);
  CHECK(contains(refusal([&] { spmv(rt, csr(4, 7, starts, indices, values), x, y); }),
                 "spmv: row_starts has 4 elements, not 5"));
  CHECK(contains(refusal([&] { spmv(rt, csr(3, 7, starts, starts, values), x, y); }),
                 "spmv: column_indices has 4 elements, not 5"));
  CHECK(contains(refusal([&] { spmv(rt, csr(3, 6, starts, indices, values), x, y); }),
                 "spmv: x has 7 elements, not 6"));
  CHECK(contains(refusal([&] { spmv(rt, csr(3, 7, starts, indices, values), x, values.slice(0, 3)); }),
                 "spmv: values and y overlap"));
}
