#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/core/element_type.hpp>

namespace clotho::detail {

/// What is given for an argument of a snippet: memory, or a number.
struct elementwise_argument {
  template <flat_array A> explicit elementwise_argument(const A& what) : memory(flat_of(what)) {}
  template <class T>
  requires(std::is_arithmetic_v<T>) explicit elementwise_argument(T value) {
    if constexpr (std::floating_point<T>) {
      is_fraction = true;
      fraction = static_cast<double>(value);
    } else {
      is_negative = std::is_signed_v<T> && value < T{};
      integer = static_cast<std::uint64_t>(value);
    }
  }

  std::optional<flat> memory;
  bool is_fraction = false, is_negative = false;
  double fraction = 0;
  std::uint64_t integer = 0; ///< two's complement
};

} // namespace clotho::detail
