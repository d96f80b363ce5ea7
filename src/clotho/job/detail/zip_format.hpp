#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <string>

/// The parts of PKWARE's APPNOTE.TXT (6.3.10) that reader and writer share.
namespace clotho::detail::zip {

inline constexpr std::uint32_t local_signature = 0x04034b50;
inline constexpr std::uint32_t central_signature = 0x02014b50;
inline constexpr std::uint32_t end_signature = 0x06054b50;
inline constexpr std::uint32_t end64_signature = 0x06064b50;
inline constexpr std::uint32_t locator64_signature = 0x07064b50;

inline constexpr std::size_t local_bytes = 30;
inline constexpr std::size_t central_bytes = 46;
inline constexpr std::size_t end_bytes = 22;
inline constexpr std::size_t end64_bytes = 56;
inline constexpr std::size_t locator64_bytes = 20;

/// "Look into the Zip64 record instead."
inline constexpr std::uint16_t in_zip64_16 = 0xffff;
inline constexpr std::uint32_t in_zip64_32 = 0xffffffff;
inline constexpr std::uint16_t zip64_extra = 0x0001;

inline constexpr std::uint16_t stored = 0;
inline constexpr std::uint16_t deflated = 8;

inline constexpr std::uint16_t encrypted_flag = 0x0001;
inline constexpr std::uint16_t utf8_flag = 0x0800;

/// One member as the central directory describes it.
struct entry {
  std::string name;
  std::uint16_t flags = 0;
  std::uint16_t method = stored;
  std::uint32_t crc = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t offset = 0; ///< of the local header
};

} // namespace clotho::detail::zip
