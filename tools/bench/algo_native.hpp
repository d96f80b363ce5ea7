#pragma once
// SPDX-License-Identifier: Apache-2.0
// The inner loops of the contender that is written by hand; each works on what one thread is given.

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "algo_work.hpp"

namespace clotho::bench {

inline void pause_processor() noexcept {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

/// Results so large that they leave the caches before anybody reads them are written past the caches.
inline constexpr std::size_t streamed_bytes = std::size_t{24} << 20;

struct n_body_arrays {
  const float *x, *y, *z, *mass;
  float *ax, *ay, *az;
  std::size_t n;
};

/// In ranges [begin, end) begin is a multiple of 64.
struct native_loops {
  const char* name;
  void (*saxpy)(float a, const float* x, float* y, std::size_t n);
  /// out[i] = fused(in[0][i], ..., in[4][i])
  void (*fuse)(const float* const in[5], float* out, std::size_t begin, std::size_t end, bool stream);
  float (*sum)(const float* x, std::size_t n);
  std::uint32_t (*sum_words)(const std::uint32_t* x, std::size_t n);
  /// Exclusive, starting at `carry`; returns carry + the sum of x.
  std::uint32_t (*scan)(const std::uint32_t* x, std::uint32_t* y, std::size_t n, std::uint32_t carry,
                        bool stream);
  /// Rows [begin, end) of the result, of an n x n matrix.
  void (*transpose)(const float* in, float* out, std::size_t n, std::size_t begin, std::size_t end,
                    bool stream);
  /// Row `row` of the result but for its first and last element.
  void (*stencil_row)(const float* in, float* out, std::size_t n, std::size_t row, bool stream);
  void (*n_body)(const n_body_arrays& of, std::size_t begin, std::size_t end);
  /// Philox 4x32-10: words [begin, end) of the stream, as bits, as floats in [0, 1), normally distributed.
  void (*philox)(std::uint32_t* out, std::size_t begin, std::size_t end);
  void (*uniform)(float* out, std::size_t begin, std::size_t end);
  void (*normal)(float* out, std::size_t begin, std::size_t end);
  /// Rows [begin, end).
  void (*spmv)(const sparse_matrix& matrix, const float* x, float* y, std::size_t begin, std::size_t end);
};

[[nodiscard]] const native_loops& portable_loops();
/// Null where the processor, or the compiler, does not know AVX-512.
[[nodiscard]] const native_loops* avx512_loops();
/// The best there is.
[[nodiscard]] const native_loops& best_loops();

/// The whole 64-byte lines that part `which` of `parts` gets of n elements: where it begins.
[[nodiscard]] inline std::size_t part_begin(std::size_t n, unsigned which, unsigned parts) noexcept {
  return which == parts ? n : n / parts * which / 64 * 64;
}

class team;
/// Least significant digit first, eight bits at a time, stable. Keys: std::uint32_t, std::uint64_t, float.
/// The spare arrays are as long as the others; what is sorted ends up in `keys` and `values`.
template <class Key> void radix_sort(team& with, array_of<Key>& keys, array_of<Key>& spare_keys);
void radix_sort_pairs(team& with, array_of<std::uint32_t>& keys, array_of<std::uint32_t>& spare_keys,
                      array_of<std::uint32_t>& values, array_of<std::uint32_t>& spare_values);
/// Counts of bytes: four tables a thread, as neighbouring bytes are often alike.
void count_bytes(team& with, const array_of<std::uint8_t>& in, array_of<std::uint32_t>& counts);

} // namespace clotho::bench
