#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

namespace clotho {

/// What a task does with memory. Tasks run in the order in which they were submitted as far as these conflict.
enum class access_mode : std::uint8_t {
  in,   ///< reads
  out,  ///< writes all of it; what it held before is not wanted
  inout ///< reads and writes
};

[[nodiscard]] constexpr bool reads(access_mode mode) noexcept { return mode != access_mode::out; }
[[nodiscard]] constexpr bool writes(access_mode mode) noexcept { return mode != access_mode::in; }

} // namespace clotho
