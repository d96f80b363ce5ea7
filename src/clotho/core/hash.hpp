#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace clotho {

using digest = std::array<std::byte, 32>;

/// SHA-256 (FIPS 180-4), fed piece by piece. A value: copying forks the computation.
///
/// Cache keys and checksums decide which machine code runs, so they must not collide by accident or design.
class sha256 {
 public:
  sha256& update(std::span<const std::byte> bytes);
  sha256& update(std::string_view text) { return update(std::as_bytes(std::span(text))); }
  /// Feeds the length first, so that ("ab", "c") and ("a", "bc") differ.
  sha256& field(std::string_view text);
  [[nodiscard]] digest finish() const;

 private:
  void compress(const std::byte* block);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> block_{};
  std::uint64_t length_ = 0;
};

[[nodiscard]] digest hash_of(std::span<const std::byte> bytes);
/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

} // namespace clotho
