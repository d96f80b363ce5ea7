#pragma once
// SPDX-License-Identifier: Apache-2.0
// Keys in the order that sort() promises, the slow way.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <type_traits>
#include <vector>

#include <clotho/algo/sort.hpp>

namespace clotho::test {

/// What the header promises: a number that is in the order of the keys.
template <class T> std::uint64_t rank_of(T key) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::uint64_t>(key) + (std::is_signed_v<T> ? std::uint64_t{1} << 63 : 0);
  } else {
    const auto bits = std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(key);
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) all |= std::uint64_t{bits[i]} << (8 * i);
    const std::uint64_t sign = std::uint64_t{1} << (8 * sizeof(T) - 1), size = all & (sign - 1);
    const std::uint64_t inf =
        sign - (std::uint64_t{1} << (std::is_same_v<T, half> ? 10 : std::numeric_limits<T>::digits - 1));
    if ((all & sign) == 0) return inf + 1 + size;
    return size > inf ? inf + sign + (sign - size) : inf - size; // negative NaNs after positive ones
  }
}

/// Of such a number what counts.
inline std::uint64_t some_bits(std::uint64_t rank, const sort_options& how) {
  if (how.end_bit == sort_options::all_bits) return rank >> how.begin_bit;
  return (rank >> how.begin_bit) & ((std::uint64_t{1} << (how.end_bit - how.begin_bit)) - 1);
}

template <class T>
std::vector<std::uint32_t> expected_order(const std::vector<T>& keys, const sort_options& how = {}) {
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t i, std::uint32_t j) {
    const std::uint64_t a = some_bits(rank_of(keys[i]), how), b = some_bits(rank_of(keys[j]), how);
    return how.descending ? b < a : a < b;
  });
  return order;
}

template <class T>
std::vector<T> in_order(const std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  std::vector<T> made;
  for (const std::uint32_t i : order) made.push_back(values[i]);
  return made;
}

/// Bits by themselves: NaN is never equal to itself.
template <class T> bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

template <class T> T random_key(std::mt19937_64& random) {
  const std::uint64_t bits = random();
  if constexpr (std::is_same_v<T, float>)
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  else if constexpr (std::is_same_v<T, double>)
    return std::bit_cast<double>(bits);
  else if constexpr (std::is_same_v<T, half>)
    return half{static_cast<std::uint16_t>(bits)};
  else
    return static_cast<T>(bits);
}

template <class T> std::vector<T> random_keys(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> keys(n);
  for (T& key : keys) key = random_key<T>(random);
  for (std::size_t i = 0; i + 3 < n; i += 7) keys[i] = keys[i + 3]; // equal ones
  return keys;
}

/// Values that tell which they are, by as many of the lowest bytes as they have.
template <class V> std::vector<V> numbered(std::size_t first, std::size_t count) {
  std::vector<V> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t number = first + i;
    std::memcpy(&values[i], &number, std::min(sizeof(V), sizeof number));
  }
  return values;
}

/// Floating numbers at the edges of their order, so many times over.
template <class T> std::vector<T> odd_values(std::size_t times = 1) {
  using limits = std::numeric_limits<T>;
  std::vector<T> values;
  for (std::size_t i = 0; i < times; ++i)
    values.insert(values.end(), {T(0), -T(0), limits::denorm_min(), -limits::denorm_min(), limits::max(),
                                 limits::lowest(), limits::infinity(), -limits::infinity(),
                                 limits::quiet_NaN(), -limits::quiet_NaN(), T(-1.5)});
  return values;
}

} // namespace clotho::test
