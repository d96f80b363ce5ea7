// SPDX-License-Identifier: Apache-2.0
#include "algo_work.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace clotho::bench {
namespace {

constexpr std::size_t band = 9, scattered = 16;

// SplitMix64: the n-th number without those before it.
std::uint64_t mixed(std::uint64_t n) noexcept {
  n += 0x9e3779b97f4a7c15u;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
  n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
  return n ^ (n >> 31);
}

template <class T, class F> array_of<T> filled(std::size_t n, unsigned which, const F& value) {
  array_of<T> made(n);
  for (std::size_t i = 0; i < n; ++i) made[i] = value(mixed((std::uint64_t{which} << 40) + i));
  return made;
}

array_of<float> unit_floats(std::size_t n, unsigned which) {
  return filled<float>(n, which,
                       [](std::uint64_t bits) { return static_cast<float>(bits >> 40) * 0x1p-24f; });
}

sparse_matrix empty_matrix(std::size_t rows, std::size_t per_row) {
  sparse_matrix made;
  made.rows = rows;
  made.row_starts.resize(rows + 1);
  made.columns.resize(rows * per_row);
  made.values = eighths<float>(rows * per_row, 0);
  for (std::size_t i = 0; i <= rows; ++i) made.row_starts[i] = static_cast<std::uint32_t>(i * per_row);
  return made;
}

sparse_matrix banded_matrix(std::size_t rows) {
  sparse_matrix made = empty_matrix(rows, band);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t first = std::min(i - std::min(i, band / 2), rows - band);
    for (std::size_t k = 0; k < band; ++k) made.columns[i * band + k] = static_cast<std::uint32_t>(first + k);
  }
  return made;
}

sparse_matrix random_matrix(std::size_t rows) {
  sparse_matrix made = empty_matrix(rows, scattered);
  for (std::size_t i = 0; i < made.columns.size(); ++i)
    made.columns[i] = static_cast<std::uint32_t>(mixed(i) % rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto row = made.columns.begin() + static_cast<std::ptrdiff_t>(i * scattered);
    std::sort(row, row + scattered);
  }
  return made;
}

} // namespace

template <class T> array_of<T> eighths(std::size_t n, unsigned which) {
  return filled<T>(n, which, [](std::uint64_t bits) {
    return static_cast<T>(static_cast<int>(bits % 17) - 8) / static_cast<T>(8);
  });
}
template array_of<float> eighths(std::size_t, unsigned);
template array_of<double> eighths(std::size_t, unsigned);

template <class T> array_of<T> random_bits(std::size_t n, unsigned which) {
  return filled<T>(n, which, [](std::uint64_t bits) { return static_cast<T>(bits); });
}
template array_of<std::uint8_t> random_bits(std::size_t, unsigned);
template array_of<std::uint32_t> random_bits(std::size_t, unsigned);
template array_of<std::uint64_t> random_bits(std::size_t, unsigned);

array_of<float> float_keys(std::size_t n) {
  return filled<float>(n, 0, [](std::uint64_t bits) {
    const auto size = static_cast<float>(bits >> 40) * 0x1p-24f;
    return std::ldexp(bits & 1 ? -size : size, static_cast<int>((bits >> 1) % 40) - 20);
  });
}

array_of<std::uint32_t> counting(std::size_t n) {
  array_of<std::uint32_t> made(n);
  for (std::size_t i = 0; i < n; ++i) made[i] = static_cast<std::uint32_t>(i);
  return made;
}

array_of<std::uint32_t> small_words(std::size_t n) {
  return filled<std::uint32_t>(n, 0,
                               [](std::uint64_t bits) { return static_cast<std::uint32_t>(bits % 1000); });
}

bodies::bodies(std::size_t n)
    : x(unit_floats(n, 0)), y(unit_floats(n, 1)), z(unit_floats(n, 2)), mass(unit_floats(n, 3)) {}

sparse_matrix matrix_of(const algo_case& what) {
  return what.what == algo::spmv_banded ? banded_matrix(what.n) : random_matrix(what.n);
}

std::size_t nonzeros(const algo_case& what) {
  return what.n * (what.what == algo::spmv_banded ? band : scattered);
}

array_of<complex> signal_of(const algo_case& what) {
  const array_of<float> parts = eighths<float>(2 * what.n * what.batch, 0);
  array_of<complex> made(what.n * what.batch);
  for (std::size_t i = 0; i < made.size(); ++i) made[i] = {parts[2 * i], parts[2 * i + 1]};
  return made;
}

} // namespace clotho::bench
