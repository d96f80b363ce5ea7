// SPDX-License-Identifier: Apache-2.0
// The inner loops in AVX-512. Each function says so itself: nothing else in this file, and nothing from
// headers, may use instructions that the processor perhaps does not have.
#include "algo_native.hpp"

#if defined(__x86_64__)

#include <algorithm>

#include "algo_philox.hpp"

#define CLOTHO_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))

namespace clotho::bench {
namespace {

constexpr std::size_t lanes = 16, tile = 64; // a tile's rows of both matrices fit the first-level cache

CLOTHO_AVX512 inline __mmask16 first_lanes(std::size_t n) {
  return static_cast<__mmask16>((1u << std::min(n, lanes)) - 1);
}

CLOTHO_AVX512 inline void store(float* to, __m512 value, bool stream) {
  stream ? _mm512_stream_ps(to, value) : _mm512_storeu_ps(to, value);
}

CLOTHO_AVX512 void saxpy(float a, const float* x, float* y, std::size_t n) {
  const __m512 factor = _mm512_set1_ps(a);
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes)
    for (std::size_t k = 0; k < 4 * lanes; k += lanes)
      _mm512_storeu_ps(y + i + k,
                       _mm512_fmadd_ps(factor, _mm512_loadu_ps(x + i + k), _mm512_loadu_ps(y + i + k)));
  for (; i < n; ++i) y[i] += a * x[i];
}

CLOTHO_AVX512 void fuse(const float* const in[5], float* out, std::size_t begin, std::size_t end,
                        bool stream) {
  const __m512 half = _mm512_set1_ps(0.5f);
  std::size_t i = begin;
  for (; i + lanes <= end; i += lanes) {
    const __m512 ab = _mm512_add_ps(_mm512_loadu_ps(in[0] + i), _mm512_loadu_ps(in[1] + i));
    const __m512 cd = _mm512_sub_ps(_mm512_loadu_ps(in[2] + i), _mm512_loadu_ps(in[3] + i));
    store(out + i, _mm512_fmadd_ps(half, _mm512_loadu_ps(in[4] + i), _mm512_mul_ps(ab, cd)), stream);
  }
  for (; i < end; ++i) out[i] = fused(in[0][i], in[1][i], in[2][i], in[3][i], in[4][i]);
  _mm_sfence();
}

CLOTHO_AVX512 float sum(const float* x, std::size_t n) {
  __m512 a = _mm512_setzero_ps(), b = a, c = a, d = a;
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    a = _mm512_add_ps(a, _mm512_loadu_ps(x + i));
    b = _mm512_add_ps(b, _mm512_loadu_ps(x + i + lanes));
    c = _mm512_add_ps(c, _mm512_loadu_ps(x + i + 2 * lanes));
    d = _mm512_add_ps(d, _mm512_loadu_ps(x + i + 3 * lanes));
  }
  float all = _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d)));
  for (; i < n; ++i) all += x[i];
  return all;
}

CLOTHO_AVX512 std::uint32_t sum_words(const std::uint32_t* x, std::size_t n) {
  __m512i a = _mm512_setzero_si512(), b = a;
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    a = _mm512_add_epi32(a, _mm512_loadu_si512(x + i));
    b = _mm512_add_epi32(b, _mm512_loadu_si512(x + i + lanes));
  }
  auto all = static_cast<std::uint32_t>(_mm512_reduce_add_epi32(_mm512_add_epi32(a, b)));
  for (; i < n; ++i) all += x[i];
  return all;
}

CLOTHO_AVX512 inline __m512i inclusive_sums(__m512i v) {
  const __m512i zero = _mm512_setzero_si512();
  v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 15));
  v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 14));
  v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 12));
  return _mm512_add_epi32(v, _mm512_alignr_epi32(v, zero, 8));
}

CLOTHO_AVX512 std::uint32_t scan(const std::uint32_t* x, std::uint32_t* y, std::size_t n, std::uint32_t carry,
                                 bool stream) {
  const __m512i last = _mm512_set1_epi32(15);
  __m512i before = _mm512_set1_epi32(static_cast<int>(carry));
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const __m512i v = _mm512_loadu_si512(x + i), sums = inclusive_sums(v);
    const __m512i out = _mm512_add_epi32(before, _mm512_sub_epi32(sums, v));
    if (stream)
      _mm512_stream_si512(reinterpret_cast<__m512i*>(y + i), out);
    else
      _mm512_storeu_si512(y + i, out);
    before = _mm512_add_epi32(before, _mm512_permutexvar_epi32(last, sums));
  }
  carry = static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm512_castsi512_si128(before)));
  for (; i < n; ++i) {
    const std::uint32_t next = carry + x[i];
    y[i] = carry;
    carry = next;
  }
  _mm_sfence();
  return carry;
}

// Rows of 16 x 16 floats become columns: pairs, quadruples, then quarters of the registers.
CLOTHO_AVX512 inline void transpose_registers(__m512 (&row)[16]) {
  __m512 pair[16], four[16];
  for (std::size_t i = 0; i < 16; i += 2) {
    pair[i] = _mm512_unpacklo_ps(row[i], row[i + 1]);
    pair[i + 1] = _mm512_unpackhi_ps(row[i], row[i + 1]);
  }
  for (std::size_t i = 0; i < 16; i += 4)
    for (std::size_t k = 0; k < 2; ++k) {
      const __m512d a = _mm512_castps_pd(pair[i + k]), b = _mm512_castps_pd(pair[i + k + 2]);
      four[i + 2 * k] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
      four[i + 2 * k + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
    }
  for (std::size_t i = 0; i < 4; ++i) {
    const __m512 ab_even = _mm512_shuffle_f32x4(four[i], four[i + 4], 0x88),
                 ab_odd = _mm512_shuffle_f32x4(four[i], four[i + 4], 0xdd),
                 cd_even = _mm512_shuffle_f32x4(four[i + 8], four[i + 12], 0x88),
                 cd_odd = _mm512_shuffle_f32x4(four[i + 8], four[i + 12], 0xdd);
    row[i] = _mm512_shuffle_f32x4(ab_even, cd_even, 0x88);
    row[i + 8] = _mm512_shuffle_f32x4(ab_even, cd_even, 0xdd);
    row[i + 4] = _mm512_shuffle_f32x4(ab_odd, cd_odd, 0x88);
    row[i + 12] = _mm512_shuffle_f32x4(ab_odd, cd_odd, 0xdd);
  }
}

// Out rows i to i + 15, columns j to j + 15.
CLOTHO_AVX512 inline void transpose_square(const float* in, float* out, std::size_t n, std::size_t i,
                                           std::size_t j, bool stream) {
  __m512 rows[16];
  for (std::size_t k = 0; k < 16; ++k) rows[k] = _mm512_loadu_ps(in + (j + k) * n + i);
  transpose_registers(rows);
  for (std::size_t k = 0; k < 16; ++k) store(out + (i + k) * n + j, rows[k], stream);
}

CLOTHO_AVX512 void transpose(const float* in, float* out, std::size_t n, std::size_t begin, std::size_t end,
                             bool stream) {
  const std::size_t rows_end = begin + (end - begin) / lanes * lanes, columns_end = n / lanes * lanes;
  for (std::size_t i = begin; i < rows_end; i += tile)
    for (std::size_t j = 0; j < columns_end; j += tile)
      for (std::size_t row = i; row < std::min(i + tile, rows_end); row += lanes)
        for (std::size_t column = j; column < std::min(j + tile, columns_end); column += lanes)
          transpose_square(in, out, n, row, column, stream && n % lanes == 0);
  for (std::size_t i = begin; i < end; ++i)
    for (std::size_t j = i < rows_end ? columns_end : 0; j < n; ++j) out[i * n + j] = in[j * n + i];
  _mm_sfence();
}

CLOTHO_AVX512 inline float stencil_at(const float* in, std::size_t n, std::size_t i) {
  return stencil_centre * in[i] + stencil_side * (in[i - 1] + in[i + 1] + in[i - n] + in[i + n]);
}

CLOTHO_AVX512 void stencil_row(const float* in, float* out, std::size_t n, std::size_t row, bool stream) {
  const __m512 centre = _mm512_set1_ps(stencil_centre), side = _mm512_set1_ps(stencil_side);
  std::size_t i = row * n + 1;
  const std::size_t end = row * n + n - 1;
  stream = stream && n % lanes == 0;
  for (; i < std::min(row * n + lanes, end); ++i) out[i] = stencil_at(in, n, i);
  for (; i + lanes <= end; i += lanes) {
    const __m512 beside = _mm512_add_ps(_mm512_loadu_ps(in + i - 1), _mm512_loadu_ps(in + i + 1)),
                 above = _mm512_add_ps(_mm512_loadu_ps(in + i - n), _mm512_loadu_ps(in + i + n));
    const __m512 own = _mm512_mul_ps(centre, _mm512_loadu_ps(in + i));
    store(out + i, _mm512_fmadd_ps(side, _mm512_add_ps(beside, above), own), stream);
  }
  for (; i < end; ++i) out[i] = stencil_at(in, n, i);
}

// 1 / sqrt by its 14-bit estimate and one step of Newton.
CLOTHO_AVX512 inline __m512 inverse_root(__m512 v) {
  const __m512 r = _mm512_rsqrt14_ps(v), half = _mm512_mul_ps(_mm512_set1_ps(0.5f), v);
  return _mm512_mul_ps(r, _mm512_fnmadd_ps(_mm512_mul_ps(half, r), r, _mm512_set1_ps(1.5f)));
}

CLOTHO_AVX512 inline void attract(const n_body_arrays& of, std::size_t i) {
  const __mmask16 mask = first_lanes(of.n - i);
  const __m512 x = _mm512_maskz_loadu_ps(mask, of.x + i), y = _mm512_maskz_loadu_ps(mask, of.y + i),
               z = _mm512_maskz_loadu_ps(mask, of.z + i), soft = _mm512_set1_ps(softening);
  __m512 ax = _mm512_setzero_ps(), ay = ax, az = ax;
  for (std::size_t j = 0; j < of.n; ++j) {
    const __m512 dx = _mm512_sub_ps(_mm512_set1_ps(of.x[j]), x),
                 dy = _mm512_sub_ps(_mm512_set1_ps(of.y[j]), y),
                 dz = _mm512_sub_ps(_mm512_set1_ps(of.z[j]), z);
    const __m512 r =
        inverse_root(_mm512_fmadd_ps(dx, dx, _mm512_fmadd_ps(dy, dy, _mm512_fmadd_ps(dz, dz, soft))));
    const __m512 factor = _mm512_mul_ps(_mm512_mul_ps(_mm512_set1_ps(of.mass[j]), r), _mm512_mul_ps(r, r));
    ax = _mm512_fmadd_ps(dx, factor, ax);
    ay = _mm512_fmadd_ps(dy, factor, ay);
    az = _mm512_fmadd_ps(dz, factor, az);
  }
  _mm512_mask_storeu_ps(of.ax + i, mask, ax);
  _mm512_mask_storeu_ps(of.ay + i, mask, ay);
  _mm512_mask_storeu_ps(of.az + i, mask, az);
}

CLOTHO_AVX512 void n_body(const n_body_arrays& of, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; i += lanes) attract(of, i);
}

struct random_words {
  __m512i word[4];
};

CLOTHO_AVX512 inline __m512i all(std::uint32_t value) { return _mm512_set1_epi32(static_cast<int>(value)); }

// All 16 products of 32 by 32 bits: the high and the low halves.
CLOTHO_AVX512 inline void multiply(__m512i a, __m512i by, __m512i& high, __m512i& low) {
  const __m512i even = _mm512_mul_epu32(a, by), odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), by);
  low = _mm512_mullo_epi32(a, by);
  high = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
}

CLOTHO_AVX512 inline random_words philox_vectors(std::uint32_t block) {
  const __m512i counting_up = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m512i a = _mm512_add_epi32(all(block * 16), counting_up), b = all(0), c = b, d = b;
  std::uint32_t key[2] = {philox_key[0], philox_key[1]};
  for (int round = 0; round < 10; ++round) {
    __m512i high_a, low_a, high_c, low_c;
    multiply(a, all(philox_multipliers[0]), high_a, low_a);
    multiply(c, all(philox_multipliers[1]), high_c, low_c);
    a = _mm512_xor_si512(_mm512_xor_si512(high_c, b), all(key[0]));
    c = _mm512_xor_si512(_mm512_xor_si512(high_a, d), all(key[1]));
    b = low_c, d = low_a;
    key[0] += philox_increments[0], key[1] += philox_increments[1];
  }
  return {{a, b, c, d}};
}

CLOTHO_AVX512 inline __m512 unit_floats(__m512i bits, int offset) {
  const __m512i high = _mm512_add_epi32(_mm512_srli_epi32(bits, 8), _mm512_set1_epi32(offset));
  return _mm512_mul_ps(_mm512_cvtepu32_ps(high), _mm512_set1_ps(0x1p-24f));
}

template <std::size_t N> CLOTHO_AVX512 inline __m512 polynomial(__m512 x, const float (&coefficients)[N]) {
  __m512 y = _mm512_set1_ps(coefficients[0]);
  for (std::size_t i = 1; i < N; ++i) y = _mm512_fmadd_ps(y, x, _mm512_set1_ps(coefficients[i]));
  return y;
}

// The polynomials of Cephes' logf, sinf and cosf.
CLOTHO_AVX512 inline __m512 logarithm(__m512 v) {
  constexpr float coefficients[] = {7.0376836292e-2f,  -1.1514610310e-1f, 1.1676998740e-1f,
                                    -1.2420140846e-1f, 1.4249322787e-1f,  -1.6668057665e-1f,
                                    2.0000714765e-1f,  -2.4999993993e-1f, 3.3333331174e-1f};
  __m512 exponent = _mm512_getexp_ps(v), m = _mm512_getmant_ps(v, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src);
  const __mmask16 large = _mm512_cmp_ps_mask(m, _mm512_set1_ps(1.41421356f), _CMP_GT_OQ);
  m = _mm512_mask_mul_ps(m, large, m, _mm512_set1_ps(0.5f));
  exponent = _mm512_mask_add_ps(exponent, large, exponent, _mm512_set1_ps(1));
  const __m512 x = _mm512_sub_ps(m, _mm512_set1_ps(1)), squared = _mm512_mul_ps(x, x);
  __m512 y = _mm512_mul_ps(_mm512_mul_ps(polynomial(x, coefficients), x), squared);
  y = _mm512_fmadd_ps(_mm512_set1_ps(-0.5f), squared, y);
  return _mm512_fmadd_ps(exponent, _mm512_set1_ps(0.69314718f), _mm512_add_ps(x, y));
}

CLOTHO_AVX512 inline __m512 negated_in_lower_half(__m512 of, __m512i quadrant) {
  const __m512i sign = _mm512_slli_epi32(_mm512_and_si512(quadrant, all(2)), 30);
  return _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(of), sign));
}

// Of 2 pi times v, which is between 0 and 1.
CLOTHO_AVX512 inline void sine_and_cosine(__m512 v, __m512& sine, __m512& cosine) {
  constexpr float sines[] = {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f};
  constexpr float cosines[] = {2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f};
  const __m512 quarters = _mm512_mul_ps(v, _mm512_set1_ps(4)),
               nearest = _mm512_roundscale_ps(quarters, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
               x = _mm512_mul_ps(_mm512_sub_ps(quarters, nearest), _mm512_set1_ps(1.57079633f)),
               squared = _mm512_mul_ps(x, x);
  const __m512 s = _mm512_fmadd_ps(_mm512_mul_ps(polynomial(squared, sines), squared), x, x);
  const __m512 c = _mm512_fmadd_ps(polynomial(squared, cosines), _mm512_mul_ps(squared, squared),
                                   _mm512_fmadd_ps(_mm512_set1_ps(-0.5f), squared, _mm512_set1_ps(1)));
  const __m512i quadrant = _mm512_cvtps_epi32(nearest), one = all(1);
  const __mmask16 swapped = _mm512_test_epi32_mask(quadrant, one);
  sine = negated_in_lower_half(_mm512_mask_blend_ps(swapped, s, c), quadrant);
  cosine = negated_in_lower_half(_mm512_mask_blend_ps(swapped, c, s), _mm512_add_epi32(quadrant, one));
}

struct philox_words {
  CLOTHO_AVX512 void operator()(std::uint32_t block, std::uint32_t* out) const {
    const random_words made = philox_vectors(block);
    for (std::size_t k = 0; k < 4; ++k) _mm512_storeu_si512(out + k * lanes, made.word[k]);
  }
};

struct philox_uniform {
  CLOTHO_AVX512 void operator()(std::uint32_t block, float* out) const {
    const random_words made = philox_vectors(block);
    for (std::size_t k = 0; k < 4; ++k) _mm512_storeu_ps(out + k * lanes, unit_floats(made.word[k], 0));
  }
};

// Box and Muller: two uniform numbers become two normal ones.
struct philox_normal {
  CLOTHO_AVX512 void operator()(std::uint32_t block, float* out) const {
    const random_words made = philox_vectors(block);
    for (std::size_t k = 0; k < 4; k += 2) {
      const __m512 squared = _mm512_mul_ps(_mm512_set1_ps(-2), logarithm(unit_floats(made.word[k], 1)));
      const __m512 radius = _mm512_sqrt_ps(squared);
      __m512 sine, cosine;
      sine_and_cosine(unit_floats(made.word[k + 1], 0), sine, cosine);
      _mm512_storeu_ps(out + k * lanes, _mm512_mul_ps(radius, cosine));
      _mm512_storeu_ps(out + (k + 1) * lanes, _mm512_mul_ps(radius, sine));
    }
  }
};

CLOTHO_AVX512 void spmv(const sparse_matrix& matrix, const float* x, float* y, std::size_t begin,
                        std::size_t end) {
  for (std::size_t row = begin; row < end; ++row) {
    __m512 all = _mm512_setzero_ps();
    const std::size_t last = matrix.row_starts[row + 1];
    for (std::size_t k = matrix.row_starts[row]; k < last; k += lanes) {
      const __mmask16 mask = first_lanes(last - k);
      const __m512i columns = _mm512_maskz_loadu_epi32(mask, matrix.columns.data() + k);
      const __m512 found = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), mask, columns, x, 4);
      all = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, matrix.values.data() + k), found, all);
    }
    y[row] = _mm512_reduce_add_ps(all);
  }
}

} // namespace

const native_loops* avx512_loops() {
  static constexpr native_loops loops{"native AVX-512",
                                      saxpy,
                                      fuse,
                                      sum,
                                      sum_words,
                                      scan,
                                      transpose,
                                      stencil_row,
                                      n_body,
                                      by_blocks<philox_words, std::uint32_t>,
                                      by_blocks<philox_uniform, float>,
                                      by_blocks<philox_normal, float>,
                                      spmv};
  const bool known = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                     && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
                     && __builtin_cpu_supports("fma");
  return known ? &loops : nullptr;
}

} // namespace clotho::bench

#else

namespace clotho::bench {
const native_loops* avx512_loops() { return nullptr; }
} // namespace clotho::bench

#endif
