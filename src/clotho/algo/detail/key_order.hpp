#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <clotho/algo/sort.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/core/signature.hpp>

namespace clotho::detail {

/// How cl/key.h compares keys.
struct key_order {
  std::uint64_t flip; ///< what makes them ascend
  std::uint64_t mask; ///< the bits that count, after that
};

[[nodiscard]] key_order order_of(scalar type, const sort_options& how);

/// Throws argument_error for bits that the type does not have, and for some bits of floating keys; `what` is
/// the function's name.
void check_bits(std::string_view what, scalar type, const sort_options& how);

/// What cl/key.h is to be built with.
[[nodiscard]] macro_list key_macros(scalar type, std::size_t value_bytes = 0);

} // namespace clotho::detail
