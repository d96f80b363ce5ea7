#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include <clotho/algo/detail/array_state.hpp>
#include <clotho/algo/layout.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/core/element_type.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::detail {

/// What a step of a formula does with the values before it. Arrays, scalars and the index bring one; others
/// take as many as they say, all of one type.
enum class step : std::uint8_t {
  array,
  scalar,
  index,
  convert, // one value; the second byte is the type
  negate,
  invert,
  absolute,
  sign,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  exp,
  exp2,
  exp10,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sqrt,
  rsqrt,
  cbrt,
  floor,
  ceil,
  round,
  rint,
  trunc,
  erf,
  erfc,
  tgamma,
  lgamma,
  not_true,
  isnan,
  isinf,
  isfinite, // give truth
  add,
  subtract,
  multiply,
  divide,
  remainder,
  bit_and,
  bit_or,
  bit_xor,
  shift_left,
  shift_right,
  lesser,
  greater,
  pow,
  atan2,
  hypot,
  copysign,
  fdim,
  less,
  less_equal,
  greater_than,
  greater_equal,
  equal,
  not_equal,
  both,
  either, // give truth
  fma,
  clamp,
  choose // of three; choose: the first is truth
};

/// The type of a value: a scalar, or truth.
inline constexpr std::uint8_t truth_type = 11;
/// What comparisons give: as a number 0 or 1.
struct truth {};

template <class T> inline constexpr std::uint8_t type_code = static_cast<std::uint8_t>(scalar_of<T>);
template <> inline constexpr std::uint8_t type_code<truth> = truth_type;

/// Two bytes a step, operands before operators: what an expression is, but for its arrays and scalars. Known
/// when compiling.
template <std::size_t N> using formula_code = std::array<char, N>;

[[nodiscard]] constexpr formula_code<2> code_of(step what, std::uint8_t type) noexcept {
  return {static_cast<char>(what), static_cast<char>(type)};
}

template <std::size_t... N> [[nodiscard]] constexpr auto joined(const formula_code<N>&... parts) noexcept {
  formula_code<(N + ... + 0)> all{};
  std::size_t at = 0;
  const auto add = [&](const auto& part) {
    for (const char one : part) all[at++] = one;
  };
  (add(parts), ...);
  return all;
}

/// One array or scalar of a formula.
struct operand {
  const array_state* array = nullptr; ///< null: a scalar
  scalar type = scalar::f32;
  alignas(8) std::array<std::byte, 8> value{};

  template <class T> [[nodiscard]] static operand of(T value) noexcept {
    operand made;
    made.type = scalar_of<T>;
    std::memcpy(made.value.data(), &value, sizeof(T));
    return made;
  }
};

/// An expression, borrowed from the caller.
struct formula {
  std::string_view code;
  std::span<const operand> operands;
};

constexpr std::size_t leaves_in(std::string_view code) noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < code.size(); i += 2)
    if (code[i] == static_cast<char>(step::array) || code[i] == static_cast<char>(step::scalar)) ++count;
  return count;
}

/// Writes the formula's values to the target, each converted to its type, as if all were known before the
/// first is written. Returns at once. Throws argument_error that says the shapes when they do not go
/// together, or elements of the target are repeated.
future<void> evaluate(const array_state& target, const formula& what);
/// The shape of its values.
[[nodiscard]] extents shape_of(const formula& what);
/// Where it is calculated: where its first array is.
[[nodiscard]] const placement& placement_of(const formula& what);

/// Marks what array operators take.
struct expression_tag {};

} // namespace clotho::detail
