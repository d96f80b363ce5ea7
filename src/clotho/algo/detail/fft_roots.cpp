// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/fft_roots.hpp>

#include <cmath>
#include <numbers>

namespace clotho::detail {

namespace {

// Turns are counted in parts of 1 / (8 n), so that halves and quarters are whole numbers.
std::complex<double> up_to_an_eighth(std::uint64_t part, std::uint64_t n) noexcept {
  const double angle = std::numbers::pi / 4 * (static_cast<double>(part) / static_cast<double>(n));
  return {std::cos(angle), -std::sin(angle)};
}
std::complex<double> up_to_a_quarter(std::uint64_t part, std::uint64_t n) noexcept {
  if (part <= n) return up_to_an_eighth(part, n);
  const std::complex<double> mirrored = up_to_an_eighth(2 * n - part, n);
  return {-mirrored.imag(), -mirrored.real()};
}
std::complex<double> up_to_a_half(std::uint64_t part, std::uint64_t n) noexcept {
  if (part <= 2 * n) return up_to_a_quarter(part, n);
  const std::complex<double> mirrored = up_to_a_quarter(4 * n - part, n);
  return {-mirrored.real(), mirrored.imag()};
}

} // namespace

std::complex<double> root_of_unity(std::uint64_t k, std::uint64_t n) noexcept {
  const std::uint64_t part = 8 * (k % n);
  return part <= 4 * n ? up_to_a_half(part, n) : std::conj(up_to_a_half(8 * n - part, n));
}

} // namespace clotho::detail
