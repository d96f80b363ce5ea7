#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <clotho/algo/random.hpp>

namespace clotho::test {

using word_block = std::array<std::uint32_t, 4>;

/// Philox 4x32-10 as its authors describe it.
inline word_block philox(word_block c, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * c[0], second = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(second >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(second),
         static_cast<std::uint32_t>(first >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(first)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return c;
}

/// Threefry 4x32-20 likewise.
inline word_block threefry(word_block x, const word_block& key) {
  constexpr int turns[8][2] = {{10, 26}, {11, 21}, {13, 27}, {23, 5}, {6, 20}, {17, 11}, {25, 10}, {18, 20}};
  const std::array<std::uint32_t, 5> keys{key[0], key[1], key[2], key[3],
                                          0x1BD11BDA ^ key[0] ^ key[1] ^ key[2] ^ key[3]};
  for (std::uint32_t round = 0; round <= 20; ++round) {
    if (round % 4 == 0) {
      for (std::uint32_t i = 0; i < 4; ++i) x[i] += keys[(round / 4 + i) % 5];
      x[3] += round / 4;
    }
    if (round == 20) break;
    const std::size_t a = round % 2 == 0 ? 1 : 3, b = 4 - a; // which words meet 0 and 2
    x[0] += x[a], x[a] = std::rotl(x[a], turns[round % 8][0]) ^ x[0];
    x[2] += x[b], x[b] = std::rotl(x[b], turns[round % 8][1]) ^ x[2];
  }
  return x;
}

/// The next words of a stream, by plain loops.
inline std::vector<std::uint32_t> words_from(random_stream stream, std::size_t count) {
  const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
  const auto high = [](std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32); };
  std::vector<std::uint32_t> words;
  for (; words.size() < count; stream.skip(1)) {
    const word_block counter{low(stream.block()), high(stream.block()), low(stream.substream()),
                             high(stream.substream())};
    const word_block made = stream.engine() == random_engine::philox
                                ? philox(counter, {low(stream.seed()), high(stream.seed())})
                                : threefry(counter, {low(stream.seed()), high(stream.seed()),
                                                     low(stream.more()), high(stream.more())});
    words.push_back(made[stream.word()]);
  }
  return words;
}

} // namespace clotho::test
