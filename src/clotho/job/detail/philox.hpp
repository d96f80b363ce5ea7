#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstdint>

namespace clotho::job::detail {

using philox_counter = std::array<std::uint32_t, 4>;
using philox_key = std::array<std::uint32_t, 2>;

/// Philox 4x32-10: 128 random bits for each counter and key, and no state.
/// Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011).
[[nodiscard]] constexpr philox_counter philox(philox_counter counter, philox_key key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9; // golden ratio
    key[1] += 0xBB67AE85; // sqrt(3) - 1
  }
  return counter;
}

/// Two words of 64 random bits for element `index` of the stream `seed`.
[[nodiscard]] constexpr std::array<std::uint64_t, 2> random_words(std::uint64_t seed,
                                                                  std::uint64_t index) noexcept {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  const philox_counter r = philox({low(index), high(index), 0, 0}, {low(seed), high(seed)});
  return {std::uint64_t{r[0]} << 32 | r[1], std::uint64_t{r[2]} << 32 | r[3]};
}

} // namespace clotho::job::detail
