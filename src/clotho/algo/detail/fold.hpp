#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/operators.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::detail {

/// What of the elements is folded: see cl/reduce.cl.
enum class fold_map : std::uint8_t { itself, magnitude, square, product };

/// How elements are folded into one.
struct fold_kind {
  operation op = operation::plus;
  fold_map map = fold_map::itself;
};

/// Folds x, or x with y, into `out`, of one element of the same type; of no elements it is what the operator
/// has for neutral.
future<void> fold_into(const placement& where, fold_kind how, const flat& x, const std::optional<flat>& y,
                       const flat& out);
/// The same into memory of its own.
[[nodiscard]] flat fold(const placement& where, fold_kind how, const flat& x,
                        const std::optional<flat>& y = std::nullopt);

/// Throws argument_error for no elements.
void check_some(std::string_view what, std::size_t count);

/// The only element, once it is there. For all scalars.
template <scalar_value T> [[nodiscard]] future<T> only_element(const placement& where, const flat& result);

} // namespace clotho::detail
