#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <clotho/algo/operators.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/core/signature.hpp>

namespace clotho::detail {

/// Macros for an operator on elements T of `type`: OP(a, b), of scalars or vectors; NEUTRAL, a scalar; and
/// IS_LOGICAL: OP then takes zeros and ones, which the elements must be made first.
[[nodiscard]] macro_list operator_macros(operation op, scalar type);

} // namespace clotho::detail
