#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <span>

#include <zlib.h>

namespace clotho::detail {

/// The CRC-32 of what `crc` covers (0: nothing) followed by `data`.
inline std::uint32_t extend_crc32(std::uint32_t crc, std::span<const std::byte> data) {
  if (data.empty()) return crc; // zlib takes a null pointer for "start afresh".
  return static_cast<std::uint32_t>(crc32_z(crc, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

} // namespace clotho::detail
