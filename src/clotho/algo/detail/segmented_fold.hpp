#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/running_fold.hpp>
#include <clotho/algo/operators.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::detail {

/// Where segments begin: where an array of bytes is not 0, or where keys change.
enum class segment_heads : std::uint8_t { flags, changes };

/// Scans the segments of x into y, which is x or apart from it; all of one size.
future<void> segmented_fold(const placement& where, operation op, scan_form form, segment_heads heads,
                            const flat& x, const flat& keys, const flat& y);

} // namespace clotho::detail
