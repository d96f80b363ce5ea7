#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

namespace clotho {

/// How a matrix is taken: as it lies in memory, or with rows and columns exchanged.
enum class matrix_op : std::uint8_t { none, transpose };

} // namespace clotho
