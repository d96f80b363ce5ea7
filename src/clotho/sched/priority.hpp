#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

namespace clotho {

/// Which queued work goes first. Only among work that is submitted to a pool: what running work has forked
/// is finished before.
enum class priority : unsigned char {
  high,   ///< before any other
  normal, ///< in about the order of submission
  low     ///< when there is nothing else
};
inline constexpr std::size_t priorities = 3;

} // namespace clotho
