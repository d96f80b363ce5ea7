#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <string_view>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::detail {

/// What keys say of the elements beside them.
enum class selected : std::uint8_t { flagged, not_flagged, first_of_run, last_of_run, tested };

struct selection_kind {
  selected which = selected::flagged;
  bool with_rejected = false;      ///< the others behind
  std::string_view predicate = {}; ///< of `tested`
};

/// Copies the elements of x that `keys` select to the front of y.
future<std::uint64_t> select_into(const placement& where, const selection_kind& kind, const flat& x,
                                  const flat& keys, const flat& y);

} // namespace clotho::detail
