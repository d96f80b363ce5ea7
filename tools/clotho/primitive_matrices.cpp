// SPDX-License-Identifier: Apache-2.0
// Primitives of matrices, images and bodies.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include <clotho/algo/convolution.hpp>
#include <clotho/algo/gemm.hpp>
#include <clotho/algo/gemv.hpp>
#include <clotho/algo/n_body.hpp>
#include <clotho/algo/spmv.hpp>
#include <clotho/algo/stencil.hpp>
#include <clotho/algo/transpose.hpp>

#include "primitive_data.hpp"

namespace clotho::tool {
namespace {

template <class T> struct gemm_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n * n), y = made_up<T>(n * n, 1);
    std::vector<T> expected(n * n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < n; ++k)
        for (std::size_t j = 0; j < n; ++j) expected[i * n + j] += x[i * n + k] * y[k * n + j];
    const buffer<T> a(rt, x), b(rt, y), c(rt, n * n);
    const auto call = [&rt, a, b, c, n] {
      return gemm(rt, matrix_op::none, matrix_op::none, n, n, n, 1, a, n, b, n, 0, c, n);
    };
    return std::make_unique<array_work<T>>(rt, c, call, std::move(expected));
  }
};

template <class T> struct gemv_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> m = made_up<T>(n * n), v = made_up<T>(n, 1);
    std::vector<T> expected(n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) expected[i] += m[i * n + j] * v[j];
    const buffer<T> a(rt, m), x(rt, v), y(rt, n);
    const auto call = [&rt, a, x, y, n] { return gemv(rt, matrix_op::none, n, n, 1, a, n, x, 1, 0, y, 1); };
    return std::make_unique<array_work<T>>(rt, y, call, std::move(expected));
  }
};

template <class T> struct transpose_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n * n);
    std::vector<T> expected(n * n);
    for (std::size_t i = 0; i < n * n; ++i) expected[i % n * n + i / n] = x[i];
    const buffer<T> in(rt, x), out(rt, n * n);
    return std::make_unique<array_work<T>>(
        rt, out, [&rt, in, out, n] { return transpose(rt, n, n, in, out); }, std::move(expected));
  }
};

// Elements of a square image beyond whose border are zeros.
template <class T> class image {
 public:
  image(const std::vector<T>& elements, std::size_t side)
      : elements_(elements), side_(static_cast<std::ptrdiff_t>(side)) {}
  [[nodiscard]] T at(std::ptrdiff_t row, std::ptrdiff_t column) const {
    const bool is_inside = row >= 0 && row < side_ && column >= 0 && column < side_;
    return is_inside ? elements_[static_cast<std::size_t>(row * side_ + column)] : T(0);
  }
  // Every element as `value(row, column)` says.
  template <class F> [[nodiscard]] std::vector<T> mapped(const F& value) const {
    std::vector<T> made;
    made.reserve(elements_.size());
    for (std::ptrdiff_t row = 0; row < side_; ++row)
      for (std::ptrdiff_t column = 0; column < side_; ++column) made.push_back(value(row, column));
    return made;
  }

 private:
  const std::vector<T>& elements_;
  std::ptrdiff_t side_;
};

template <class T> struct stencil_work {
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n * n);
    const image<T> from(x, n);
    std::vector<T> expected = from.mapped([&](std::ptrdiff_t i, std::ptrdiff_t j) {
      return T(0.125) * (from.at(i - 1, j) + from.at(i, j - 1) + from.at(i, j + 1) + from.at(i + 1, j))
             + T(0.5) * from.at(i, j);
    });
    const buffer<T> in(rt, x), out(rt, n * n);
    const auto call = [&rt, in, out, n] {
      static constexpr std::array<T, 5> weights{T(0.125), T(0.125), T(0.5), T(0.125), T(0.125)};
      return stencil(rt, n, n, weights, in, out, border::zero);
    };
    return std::make_unique<array_work<T>>(rt, out, call, std::move(expected));
  }
};

template <class T> struct convolution_work {
  static constexpr std::size_t width = 5;
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    const std::vector<T> x = made_up<T>(n * n);
    std::vector<T> weights = made_up<T>(width * width, 1);
    const image<T> from(x, n);
    // A filter that is the same when it is turned: which way round it goes is not what is asked here.
    for (std::size_t k = 0; k < weights.size() / 2; ++k) weights[weights.size() - 1 - k] = weights[k];
    std::vector<T> expected = from.mapped([&](std::ptrdiff_t i, std::ptrdiff_t j) {
      T sum = 0;
      for (std::size_t k = 0; k < weights.size(); ++k)
        sum += weights[k]
               * from.at(i + static_cast<std::ptrdiff_t>(k / width) - 2,
                         j + static_cast<std::ptrdiff_t>(k % width) - 2);
      return sum;
    });
    const buffer<T> in(rt, x), filter(rt, weights), out(rt, n * n);
    const auto call = [&rt, in, filter, out, n] {
      return convolve_2d(rt, {n, n}, in, {width, width}, filter, out, border::zero);
    };
    return std::make_unique<array_work<T>>(rt, out, call, std::move(expected));
  }
};

// Sixteen elements anywhere in each row.
template <class T> struct spmv_work {
  static constexpr std::size_t in_row = 16;
  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    std::vector<std::uint32_t> starts(n + 1), columns(n * in_row);
    for (std::size_t i = 0; i <= n; ++i) starts[i] = static_cast<std::uint32_t>(i * in_row);
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = static_cast<std::uint32_t>(mixed(i) % n);
    const std::vector<T> values = made_up<T>(n * in_row), v = made_up<T>(n, 1);
    std::vector<T> expected(n);
    for (std::size_t i = 0; i < columns.size(); ++i) expected[i / in_row] += values[i] * v[columns[i]];
    const buffer<T> x(rt, v), y(rt, n);
    const csr matrix(n, n, buffer<std::uint32_t>(rt, starts), buffer<std::uint32_t>(rt, columns),
                     buffer<T>(rt, values));
    return std::make_unique<array_work<T>>(
        rt, y, [&rt, matrix, x, y] { return spmv(rt, matrix, x, y); }, std::move(expected));
  }
};

template <class T> struct n_body_work {
  using bodies = std::array<std::vector<T>, 4>; // places and masses
  static constexpr double softening = 0.03125;

  static std::unique_ptr<primitive_work> make(const runtime& rt, std::size_t n) {
    bodies all;
    for (std::size_t k = 0; k < 4; ++k) all[k] = made_up<T>(n, k);
    std::vector<T> expected(3 * n);
    double largest = 0; // of the sums of the sizes of terms, as rounding goes by that
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, pull(all, i, k, expected[k * n + i]));
    const buffer<T> x(rt, all[0]), y(rt, all[1]), z(rt, all[2]), m(rt, all[3]), to(rt, 3 * n);
    const auto call = [&rt, x, y, z, m, to, n] {
      return accelerations(rt, x, y, z, m, to.slice(0, n), to.slice(n, n), to.slice(2 * n, n), softening);
    };
    const auto count = static_cast<double>(n);
    const double rounding = sizeof(T) == 4 ? 4e-6 + count * 6e-8 : 1e-14 + count * 2e-16;
    return std::make_unique<array_work<T>>(rt, to, call, std::move(expected), rounding * largest);
  }

  // A component of what body i feels; returns the sum of the terms' sizes.
  static double pull(const bodies& all, std::size_t i, std::size_t component, T& result) {
    double sum = 0, sizes = 0;
    for (std::size_t j = 0; j < all[0].size(); ++j) {
      double squares = softening * softening;
      for (std::size_t k = 0; k < 3; ++k) squares += std::pow(double(all[k][j]) - double(all[k][i]), 2);
      const double term = double(all[3][j]) * (double(all[component][j]) - double(all[component][i]))
                          / (squares * std::sqrt(squares));
      sum += term, sizes += std::abs(term);
    }
    result = static_cast<T>(sum);
    return sizes;
  }
};

} // namespace

std::vector<primitive_work_kind> matrix_work_kinds() {
  using enum scalar;
  return {
      {"convolution", {f32, f64}, 1024, make_for<convolution_work, float, double>},
      {"gemm", {f32, f64}, 768, make_for<gemm_work, float, double>},
      {"gemv", {f32, f64}, 2048, make_for<gemv_work, float, double>},
      {"n_body", {f32, f64}, 4096, make_for<n_body_work, float, double>},
      {"spmv", {f32, f64}, 1 << 17, make_for<spmv_work, float, double>},
      {"stencil", {f32, f64}, 2048, make_for<stencil_work, float, double>},
      {"transpose", {u32, u64}, 2048, make_for<transpose_work, std::uint32_t, std::uint64_t>},
  };
}

const std::vector<primitive_work_kind>& primitive_work_kinds() {
  static const std::vector<primitive_work_kind> all = [] {
    std::vector<primitive_work_kind> made = vector_work_kinds();
    for (primitive_work_kind& one : matrix_work_kinds()) made.push_back(std::move(one));
    std::sort(made.begin(), made.end(),
              [](const auto& a, const auto& b) { return a.primitive < b.primitive; });
    return made;
  }();
  return all;
}

} // namespace clotho::tool
