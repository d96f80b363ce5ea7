#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <clotho/core/error.hpp>

namespace clotho {

/// Arithmetic on sizes that come from outside: empty instead of wrapping round.

template <std::unsigned_integral T> [[nodiscard]] constexpr std::optional<T> checked_add(T a, T b) noexcept {
  return a > static_cast<T>(-1) - b ? std::nullopt : std::optional<T>(static_cast<T>(a + b));
}

template <std::unsigned_integral T>
[[nodiscard]] constexpr std::optional<T> checked_multiply(T a, T b) noexcept {
  return b != 0 && a > static_cast<T>(-1) / b ? std::nullopt : std::optional<T>(static_cast<T>(a * b));
}

/// The product of a shape; 1 for no dimensions.
template <std::unsigned_integral T>
[[nodiscard]] constexpr std::optional<T> checked_product(std::span<const T> factors) noexcept {
  // A zero anywhere makes the product zero, however large the other factors are.
  for (const T factor : factors)
    if (factor == 0) return T{0};
  std::optional<T> product = T{1};
  for (const T factor : factors)
    if (product) product = checked_multiply(*product, factor);
  return product;
}

/// `value` as a `To`, or an argument_error that names `what`.
template <std::integral To, std::integral From>
[[nodiscard]] constexpr To checked_cast(From value, const char* what = "number") {
  if (!std::in_range<To>(value))
    throw argument_error(std::string(what) + " " + std::to_string(value) + " is out of range");
  return static_cast<To>(value);
}

} // namespace clotho
