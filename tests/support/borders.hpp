#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include <clotho/algo/border.hpp>

namespace clotho::test {

inline constexpr border all_borders[] = {border::clamp, border::zero, border::wrap, border::keep};

/// Which of n elements stands for element i; none for border::zero and border::keep.
inline std::optional<std::size_t> beyond(std::int64_t i, std::size_t n, border how) {
  const auto size = static_cast<std::int64_t>(n);
  if (i >= 0 && i < size) return static_cast<std::size_t>(i);
  if (how == border::clamp) return static_cast<std::size_t>(std::clamp(i, std::int64_t{0}, size - 1));
  if (how == border::wrap) return static_cast<std::size_t>(((i % size) + size) % size);
  return std::nullopt;
}

/// A sum in double, and what a device may be off.
struct summed {
  double value = 0, sizes = 0;

  void add(double term) { value += term, sizes += std::abs(term); }
  template <class T> [[nodiscard]] double bound(std::size_t terms) const {
    return static_cast<double>(terms + 1) * double{std::numeric_limits<T>::epsilon()} * sizes;
  }
};

template <class T> std::vector<T> some_values(std::size_t n, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<T> any(-1, 1);
  std::vector<T> values(n);
  for (T& one : values) one = any(random);
  return values;
}

} // namespace clotho::test
