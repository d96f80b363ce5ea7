#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string_view>

#include <clotho/algo/detail/formula.hpp>
#include <clotho/core/signature.hpp>

namespace clotho::detail {

/// The macros that make kernels of cl/array.h from a formula whose value is wanted as `result`:
/// PARAMETERS, PLACES, EXPRESSION, RESULT. Throws capability_error that names the device when it cannot
/// calculate with one of the types.
[[nodiscard]] macro_list formula_macros(const placement& where, std::string_view code, scalar result);

} // namespace clotho::detail
