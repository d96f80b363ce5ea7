#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the contenders of the suite algo are given, and what a plain loop says about what they made of it.
// Most values are multiples of 1/8 so small that every order of adding them gives the same float.

#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <vector>

#include "algo_case.hpp"

namespace clotho::bench {

/// Allocates what begins a page, as drivers do: no contender is slower for where its data lies.
template <class T> struct page_allocator {
  using value_type = T;
  static constexpr std::align_val_t page{4096};
  page_allocator() = default;
  template <class U> page_allocator(const page_allocator<U>&) noexcept {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), page)); }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, page); }
  friend bool operator==(const page_allocator&, const page_allocator&) noexcept { return true; }
};
template <class T> using array_of = std::vector<T, page_allocator<T>>;

/// Multiples of 1/8 between -1 and 1, of type float or double; `which` tells arrays of a case apart.
template <class T> [[nodiscard]] array_of<T> eighths(std::size_t n, unsigned which);
/// All bits are random. T: std::uint8_t, std::uint32_t, std::uint64_t.
template <class T> [[nodiscard]] array_of<T> random_bits(std::size_t n, unsigned which);
/// Numbers of both signs and many magnitudes; no NaN.
[[nodiscard]] array_of<float> float_keys(std::size_t n);
/// 0, 1, 2, ...
[[nodiscard]] array_of<std::uint32_t> counting(std::size_t n);
/// Between 0 and 999, for sums that stay below 2 to the 31st for up to 4 million.
[[nodiscard]] array_of<std::uint32_t> small_words(std::size_t n);

/// saxpy: y = y + saxpy_factor * x with x = eighths(n, 0), y = eighths(n, 1).
inline constexpr float saxpy_factor = 0.5f;
/// fused: (a + b) * (c - d) + 0.5 * e of eighths(n, 0) to eighths(n, 4).
[[nodiscard]] inline float fused(float a, float b, float c, float d, float e) noexcept {
  return (a + b) * (c - d) + 0.5f * e;
}
/// stencil: centre * stencil_centre + (the four neighbours) * stencil_side; the border is not looked at.
inline constexpr float stencil_centre = 0.5f, stencil_side = 0.125f;
/// n_body: the square of the softening length that is added to squared distances.
inline constexpr float softening = 1e-3f;

struct bodies {
  explicit bodies(std::size_t n);
  array_of<float> x, y, z, mass; ///< positions and masses between 0 and 1
};

/// Compressed sparse rows, square.
struct sparse_matrix {
  std::size_t rows = 0;
  array_of<std::uint32_t> row_starts, columns;
  array_of<float> values;
};
/// banded: nine neighbouring columns a row. random: sixteen anywhere, in order.
[[nodiscard]] sparse_matrix matrix_of(const algo_case& what);
[[nodiscard]] std::size_t nonzeros(const algo_case& what);

using complex = std::complex<float>;
[[nodiscard]] array_of<complex> signal_of(const algo_case& what);

/// Each throws error that names the case and the first thing that is wrong.
void check_saxpy(std::span<const float> y);
void check_fused(std::span<const float> out);
void check_reduce(std::size_t n, float sum);
void check_scan(std::span<const std::uint32_t> input, std::span<const std::uint32_t> out);
template <class T> void check_sorted(std::span<const T> input, std::span<const T> out);
/// `values` were 0, 1, 2, ...; ties may come in any order.
void check_pairs(std::span<const std::uint32_t> keys, std::span<const std::uint32_t> out,
                 std::span<const std::uint32_t> values);
/// c = a b with a = eighths(n * n, 0), b = eighths(n * n, 1). Large ones are checked in some rows.
template <class T> void check_gemm(std::size_t n, std::span<const T> c);
void check_histogram(std::span<const std::uint8_t> input, std::span<const std::uint32_t> counts);
void check_transpose(std::size_t n, std::span<const float> out);
void check_stencil(std::size_t n, std::span<const float> out);
/// Some of the bodies.
void check_bodies(const bodies& of, std::span<const float> ax, std::span<const float> ay,
                  std::span<const float> az);
/// Every bit of the words is set about half of the time, and neighbours are not alike.
void check_words(std::span<const std::uint32_t> words);
/// Mean and variance, and that none is out of range.
void check_uniform(std::span<const float> values);
/// Mean, variance and fourth moment.
void check_normal(std::span<const float> values);
/// Some bins against the sum that defines them, and the energy of all.
void check_fft(const algo_case& what, std::span<const complex> input, std::span<const complex> out);
void check_spmv(const sparse_matrix& matrix, std::span<const float> x, std::span<const float> y);

} // namespace clotho::bench
