#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/scalar_bits.hpp>
#include <clotho/algo/operators.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::detail {

enum class scan_form : std::uint8_t { inclusive, exclusive };

/// Throws argument_error unless x and y have one size, and are the same or apart.
void check_scan_places(const flat& x, const flat& y);

/// Scans x into y, of the same size and type, which is x itself or apart from it.
future<void> running_fold(const placement& where, operation op, scan_form form, const flat& x, const flat& y,
                          const scalar_bits& initial);

} // namespace clotho::detail
