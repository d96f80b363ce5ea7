// SPDX-License-Identifier: Apache-2.0
// The plain loops that every result of the suite algo is compared with.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>
#include <string>

#include <clotho/core/error.hpp>

#include "algo_work.hpp"

namespace clotho::bench {
namespace {

[[noreturn]] void wrong(const std::string& what, const std::string& why) {
  throw error(0, "clotho-bench algo", what + " came out wrong: " + why);
}

void require_size(const char* what, std::size_t found, std::size_t expected) {
  if (found != expected)
    wrong(what, std::to_string(found) + " elements instead of " + std::to_string(expected));
}

template <class T> void require_equal(const char* what, std::size_t where, T found, T expected) {
  if (found != expected)
    wrong(what, "[" + std::to_string(where) + "] is " + std::to_string(found) + " instead of "
                    + std::to_string(expected));
}

// Also false for NaN.
void require_near(const char* what, double found, double expected, double tolerance) {
  if (!(std::abs(found - expected) <= tolerance))
    wrong(what, std::to_string(found) + " instead of " + std::to_string(expected) + " by "
                    + std::to_string(tolerance));
}

std::uint64_t multiset_hash(std::uint64_t one) noexcept {
  one = (one ^ (one >> 31)) * 0x7fb5d329728ea185u;
  return (one ^ (one >> 27)) * 0x81dadef4bc2dd44du;
}

template <class T> std::uint64_t multiset_hash(std::span<const T> values) {
  std::uint64_t sum = 0;
  for (const T& one : values) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &one, sizeof one);
    sum += multiset_hash(bits + 1);
  }
  return sum;
}

template <class T>
void check_gemm_row(std::size_t n, std::size_t row, std::span<const T> a, std::span<const T> b,
                    std::span<const T> c) {
  std::vector<double> expected(n);
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t j = 0; j < n; ++j)
      expected[j] += static_cast<double>(a[row * n + k]) * static_cast<double>(b[k * n + j]);
  for (std::size_t j = 0; j < n; ++j)
    require_equal("a matrix product", row * n + j, static_cast<double>(c[row * n + j]), expected[j]);
}

// Moments of `values` about `centre`: 1st, 2nd, 4th.
std::array<double, 3> moments(std::span<const float> values, double centre) {
  std::array<double, 3> sums{};
  for (const float one : values) {
    const double d = static_cast<double>(one) - centre;
    sums[0] += d, sums[1] += d * d, sums[2] += d * d * d * d;
  }
  for (double& sum : sums) sum /= static_cast<double>(values.size());
  return sums;
}

std::complex<double> fourier_sum(std::span<const complex> input, std::size_t bin) {
  std::complex<double> sum;
  const std::size_t n = input.size();
  for (std::size_t i = 0; i < n; ++i) {
    const double angle = -2 * std::numbers::pi * static_cast<double>(i * bin % n) / static_cast<double>(n);
    sum += std::complex<double>(input[i]) * std::polar(1.0, angle);
  }
  return sum;
}

double energy(std::span<const complex> of) {
  double sum = 0;
  for (const complex& one : of) sum += static_cast<double>(std::norm(one));
  return sum;
}

void check_transform(std::span<const complex> input, std::span<const complex> out, std::size_t bins) {
  const std::size_t n = input.size();
  const double size = std::sqrt(energy(input)); // of a bin, on average
  for (std::size_t k = 0; k < bins; ++k) {
    const std::size_t bin = n / bins * k + k % 3;
    require_near("a bin of a transform", std::abs(std::complex<double>(out[bin]) - fourier_sum(input, bin)),
                 0, 1e-5 * size);
  }
  const double expected = energy(input) * static_cast<double>(n);
  require_near("the energy of a transform", energy(out), expected, 1e-4 * expected);
}

} // namespace

void check_saxpy(std::span<const float> y) {
  const auto x = eighths<float>(y.size(), 0), before = eighths<float>(y.size(), 1);
  for (std::size_t i = 0; i < y.size(); ++i) require_equal("saxpy", i, y[i], before[i] + saxpy_factor * x[i]);
}

void check_fused(std::span<const float> out) {
  const std::size_t n = out.size();
  const auto a = eighths<float>(n, 0), b = eighths<float>(n, 1), c = eighths<float>(n, 2),
             d = eighths<float>(n, 3), e = eighths<float>(n, 4);
  for (std::size_t i = 0; i < n; ++i)
    require_equal("the fused expression", i, out[i], fused(a[i], b[i], c[i], d[i], e[i]));
}

void check_reduce(std::size_t n, float sum) {
  double expected = 0;
  for (const float one : eighths<float>(n, 0)) expected += static_cast<double>(one);
  require_near("a sum", static_cast<double>(sum), expected, 0);
}

void check_scan(std::span<const std::uint32_t> input, std::span<const std::uint32_t> out) {
  require_size("a scan", out.size(), input.size());
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < input.size(); ++i) {
    require_equal("a scan", i, out[i], sum);
    sum += input[i];
  }
}

template <class T> void check_sorted(std::span<const T> input, std::span<const T> out) {
  require_size("what was sorted", out.size(), input.size());
  for (std::size_t i = 1; i < out.size(); ++i)
    if (!(out[i - 1] <= out[i])) wrong("sorting", "[" + std::to_string(i) + "] is out of order");
  if (multiset_hash(input) != multiset_hash(out)) wrong("sorting", "keys were lost or invented");
}
template void check_sorted(std::span<const std::uint32_t>, std::span<const std::uint32_t>);
template void check_sorted(std::span<const std::uint64_t>, std::span<const std::uint64_t>);
template void check_sorted(std::span<const float>, std::span<const float>);

void check_pairs(std::span<const std::uint32_t> keys, std::span<const std::uint32_t> out,
                 std::span<const std::uint32_t> values) {
  check_sorted(keys, out);
  require_size("values that were sorted", values.size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (values[i] >= keys.size()) wrong("sorting pairs", "a value was invented");
    require_equal("a key of sorted pairs", i, out[i], keys[values[i]]);
  }
}

template <class T> void check_gemm(std::size_t n, std::span<const T> c) {
  require_size("a matrix product", c.size(), n * n);
  const auto a = eighths<T>(n * n, 0), b = eighths<T>(n * n, 1);
  const std::size_t step = n <= 256 ? 1 : n / 16 - 1;
  for (std::size_t row = 0; row < n; row += step) check_gemm_row<T>(n, row, a, b, c);
}
template void check_gemm(std::size_t, std::span<const float>);
template void check_gemm(std::size_t, std::span<const double>);

void check_histogram(std::span<const std::uint8_t> input, std::span<const std::uint32_t> counts) {
  require_size("a histogram", counts.size(), 256);
  std::array<std::uint32_t, 256> expected{};
  for (const std::uint8_t one : input) ++expected[one];
  for (std::size_t i = 0; i < 256; ++i) require_equal("a histogram", i, counts[i], expected[i]);
}

void check_transpose(std::size_t n, std::span<const float> out) {
  const auto input = eighths<float>(n * n, 0);
  require_size("a transposed matrix", out.size(), n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      require_equal("a transposed matrix", i * n + j, out[i * n + j], input[j * n + i]);
}

void check_stencil(std::size_t n, std::span<const float> out) {
  const auto a = eighths<float>(n * n, 0);
  require_size("a stencil", out.size(), n * n);
  for (std::size_t i = n; i < n * n - n; ++i)
    if (i % n != 0 && i % n != n - 1)
      require_equal("a stencil", i, out[i],
                    stencil_centre * a[i] + stencil_side * (a[i - 1] + a[i + 1] + a[i - n] + a[i + n]));
}

void check_bodies(const bodies& of, std::span<const float> ax, std::span<const float> ay,
                  std::span<const float> az) {
  const std::size_t n = of.x.size();
  const std::array<const array_of<float>*, 3> position{&of.x, &of.y, &of.z};
  const std::array<std::span<const float>, 3> found{ax, ay, az};
  for (std::size_t i = 0; i < n; i += n / 61) {
    std::array<double, 3> sum{}, distance{};
    double size = 0;
    for (std::size_t j = 0; j < n; ++j) {
      double squared = static_cast<double>(softening);
      for (std::size_t d = 0; d < 3; ++d) {
        distance[d] = static_cast<double>((*position[d])[j]) - static_cast<double>((*position[d])[i]);
        squared += distance[d] * distance[d];
      }
      const double factor = static_cast<double>(of.mass[j]) / (squared * std::sqrt(squared));
      for (std::size_t d = 0; d < 3; ++d) sum[d] += factor * distance[d];
      size += factor * std::sqrt(squared);
    }
    for (std::size_t d = 0; d < 3; ++d)
      require_near("an acceleration", static_cast<double>(found[d][i]), sum[d], 1e-5 * size);
  }
}

void check_words(std::span<const std::uint32_t> words) {
  const auto n = static_cast<double>(words.size());
  std::array<double, 32> set{};
  std::size_t alike = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (std::size_t bit = 0; bit < 32; ++bit) set[bit] += words[i] >> bit & 1;
    alike += i > 0 && words[i] == words[i - 1];
  }
  for (const double count : set) require_near("a bit of random words", count / n, 0.5, 3.5 / std::sqrt(n));
  if (alike > 10) wrong("random words", "neighbours are alike");
}

void check_uniform(std::span<const float> values) {
  const double noise = 1 / std::sqrt(static_cast<double>(values.size()));
  for (const float one : values)
    if (!(one >= 0 && one <= 1)) wrong("a uniform random number", std::to_string(one));
  const auto found = moments(values, 0.5);
  require_near("the mean of uniform random numbers", found[0], 0, 2 * noise);
  require_near("the variance of uniform random numbers", found[1], 1.0 / 12, noise);
}

void check_normal(std::span<const float> values) {
  const double noise = 1 / std::sqrt(static_cast<double>(values.size()));
  const auto found = moments(values, 0);
  require_near("the mean of normal random numbers", found[0], 0, 6 * noise);
  require_near("the variance of normal random numbers", found[1], 1, 9 * noise);
  require_near("the fourth moment of normal random numbers", found[2], 3, 60 * noise);
}

void check_fft(const algo_case& what, std::span<const complex> input, std::span<const complex> out) {
  require_size("a transform", out.size(), what.n * what.batch);
  const std::size_t step = std::max<std::size_t>(1, what.batch / 5); // the last ones may be those forgotten
  for (std::size_t i = what.batch; i > 0; i -= std::min(i, step))
    check_transform(input.subspan((i - 1) * what.n, what.n), out.subspan((i - 1) * what.n, what.n), 8);
}

void check_spmv(const sparse_matrix& matrix, std::span<const float> x, std::span<const float> y) {
  require_size("a sparse product", y.size(), matrix.rows);
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    float sum = 0;
    for (std::size_t k = matrix.row_starts[i]; k < matrix.row_starts[i + 1]; ++k)
      sum += matrix.values[k] * x[matrix.columns[k]];
    require_equal("a sparse product", i, y[i], sum);
  }
}

} // namespace clotho::bench
