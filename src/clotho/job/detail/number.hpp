#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <clotho/core/signature.hpp>
#include <clotho/job/expression.hpp>
#include <clotho/job/host_array.hpp>
#include <clotho/job/parameters.hpp>

namespace clotho::job::detail {

/// The number that `text` stands for, as an element of `type`: a number, or an expression over `names`. A
/// plain number keeps every bit of a 64-bit integer.
/// Throws argument_error: no number, does not fit, unknown name.
[[nodiscard]] host_array evaluate_number(const std::string& text, scalar type, const symbol_lookup& names);

/// The same as a double, for expressions.
[[nodiscard]] double evaluate_number(const std::string& text, const symbol_lookup& names);

/// What a value argument of this type is given: as many numbers as its vector has. Throws argument_error.
[[nodiscard]] host_array numbers_for(const kernel_argument& argument, const literal& given,
                                     const parameter_list& parameters, const symbol_lookup& names);

} // namespace clotho::job::detail
