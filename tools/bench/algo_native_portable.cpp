// SPDX-License-Identifier: Apache-2.0
// The inner loops for processors without AVX-512, for the compiler to make the best of.
#include "algo_native.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "algo_philox.hpp"

namespace clotho::bench {
namespace {

constexpr std::size_t tile = 16;

void saxpy(float a, const float* x, float* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

void fuse(const float* const in[5], float* out, std::size_t begin, std::size_t end, bool) {
  for (std::size_t i = begin; i < end; ++i) out[i] = fused(in[0][i], in[1][i], in[2][i], in[3][i], in[4][i]);
}

float sum(const float* x, std::size_t n) {
  std::array<float, 32> sums{}; // as many as the compiler wants to keep in registers
  std::size_t i = 0;
  for (; i + sums.size() <= n; i += sums.size())
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += x[i + k];
  for (; i < n; ++i) sums[0] += x[i];
  float all = 0;
  for (const float one : sums) all += one;
  return all;
}

std::uint32_t sum_words(const std::uint32_t* x, std::size_t n) {
  std::uint32_t all = 0;
  for (std::size_t i = 0; i < n; ++i) all += x[i];
  return all;
}

std::uint32_t scan(const std::uint32_t* x, std::uint32_t* y, std::size_t n, std::uint32_t carry, bool) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t next = carry + x[i];
    y[i] = carry;
    carry = next;
  }
  return carry;
}

void transpose(const float* in, float* out, std::size_t n, std::size_t begin, std::size_t end, bool) {
  for (std::size_t i = begin; i < end; i += tile)
    for (std::size_t j = 0; j < n; j += tile)
      for (std::size_t row = i; row < std::min(i + tile, end); ++row)
        for (std::size_t column = j; column < std::min(j + tile, n); ++column)
          out[row * n + column] = in[column * n + row];
}

void stencil_row(const float* in, float* out, std::size_t n, std::size_t row, bool) {
  for (std::size_t i = row * n + 1; i < row * n + n - 1; ++i)
    out[i] = stencil_centre * in[i] + stencil_side * (in[i - 1] + in[i + 1] + in[i - n] + in[i + n]);
}

void n_body(const n_body_arrays& of, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    float ax = 0, ay = 0, az = 0;
    for (std::size_t j = 0; j < of.n; ++j) {
      const float dx = of.x[j] - of.x[i], dy = of.y[j] - of.y[i], dz = of.z[j] - of.z[i];
      const float squared = dx * dx + dy * dy + dz * dz + softening;
      const float factor = of.mass[j] / (squared * std::sqrt(squared));
      ax += factor * dx, ay += factor * dy, az += factor * dz;
    }
    of.ax[i] = ax, of.ay[i] = ay, of.az[i] = az;
  }
}

struct philox_words {
  void operator()(std::uint32_t block, std::uint32_t* out) const { philox_block(block, out); }
};

struct philox_uniform {
  void operator()(std::uint32_t block, float* out) const {
    std::array<std::uint32_t, 64> bits{};
    philox_block(block, bits.data());
    for (std::size_t i = 0; i < 64; ++i) out[i] = static_cast<float>(bits[i] >> 8) * 0x1p-24f;
  }
};

struct philox_normal {
  void operator()(std::uint32_t block, float* out) const {
    std::array<std::uint32_t, 64> bits{};
    philox_block(block, bits.data());
    for (std::size_t i = 0; i < 64; ++i) {
      const std::size_t other = i ^ 16; // the word that makes the pair
      const float u = static_cast<float>((bits[i & ~std::size_t{16}] >> 8) + 1) * 0x1p-24f;
      const float angle = 2 * std::numbers::pi_v<float> * static_cast<float>(bits[i | 16] >> 8) * 0x1p-24f;
      out[i] = std::sqrt(-2 * std::log(u)) * (i < other ? std::cos(angle) : std::sin(angle));
    }
  }
};

void spmv(const sparse_matrix& matrix, const float* x, float* y, std::size_t begin, std::size_t end) {
  for (std::size_t row = begin; row < end; ++row) {
    float all = 0;
    for (std::size_t k = matrix.row_starts[row]; k < matrix.row_starts[row + 1]; ++k)
      all += matrix.values[k] * x[matrix.columns[k]];
    y[row] = all;
  }
}

} // namespace

const native_loops& portable_loops() {
  static constexpr native_loops loops{"native portable",
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
  return loops;
}

const native_loops& best_loops() {
  const native_loops* const fast = avx512_loops();
  return fast ? *fast : portable_loops();
}

} // namespace clotho::bench
