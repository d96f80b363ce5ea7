#pragma once
// SPDX-License-Identifier: Apache-2.0
// Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011) for the
// contender that is written by hand. It works in blocks of 64 words: word k of the block's counter c, one of
// sixteen, is at 16 k + c, as vectors of sixteen have it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace clotho::bench {

inline constexpr std::uint32_t philox_multipliers[2] = {0xd2511f53u, 0xcd9e8d57u},
                               philox_increments[2] = {0x9e3779b9u, 0xbb67ae85u},
                               philox_key[2] = {0x2545f491u, 0x4f6cdd1du};

inline void philox_block(std::uint32_t block, std::uint32_t* out) noexcept {
  for (std::uint32_t lane = 0; lane < 16; ++lane) {
    std::uint32_t word[4] = {block * 16 + lane, 0, 0, 0}, key[2] = {philox_key[0], philox_key[1]};
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t{philox_multipliers[0]} * word[0],
                          b = std::uint64_t{philox_multipliers[1]} * word[2];
      const std::uint32_t next[4] = {
          static_cast<std::uint32_t>(b >> 32) ^ word[1] ^ key[0], static_cast<std::uint32_t>(b),
          static_cast<std::uint32_t>(a >> 32) ^ word[3] ^ key[1], static_cast<std::uint32_t>(a)};
      std::copy(next, next + 4, word);
      key[0] += philox_increments[0], key[1] += philox_increments[1];
    }
    for (std::size_t k = 0; k < 4; ++k) out[16 * k + lane] = word[k];
  }
}

/// Elements [begin, end), where begin is a multiple of 64; Block{}(b, out) makes 64 of them.
template <class Block, class T> void by_blocks(T* out, std::size_t begin, std::size_t end) {
  std::size_t i = begin;
  for (; i + 64 <= end; i += 64) Block{}(static_cast<std::uint32_t>(i / 64), out + i);
  if (i == end) return;
  std::array<T, 64> rest{};
  Block{}(static_cast<std::uint32_t>(i / 64), rest.data());
  std::copy(rest.data(), rest.data() + (end - i), out + i);
}

} // namespace clotho::bench
