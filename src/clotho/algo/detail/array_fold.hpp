#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <memory>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/formula.hpp>
#include <clotho/algo/operators.hpp>

namespace clotho::detail {

/// Folds the values of a formula, as type `type`, into a few partial results, which together are the result;
/// none for no values.
[[nodiscard]] flat fold_all(const formula& what, operation op, scalar type);
/// The same along one dimension, which goes away: a new array. Throws argument_error when there is no such
/// dimension.
[[nodiscard]] std::shared_ptr<const array_state> fold_axis(const formula& what, operation op, scalar type,
                                                           std::int64_t axis);
/// Throws argument_error: what has no neutral element wants elements.
[[noreturn]] void refuse_none(const char* what, const extents& shape);

} // namespace clotho::detail
