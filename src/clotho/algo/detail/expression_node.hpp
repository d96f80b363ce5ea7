#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <clotho/algo/detail/formula.hpp>
#include <clotho/core/element_type.hpp>

namespace clotho {

/// An array, or what operators have made of arrays: nothing is calculated before it is assigned to an array,
/// or reduced, and then all of it by one kernel. It holds its arrays: they may go before it.
///
/// Types: of two arrays, the larger type of a kind; a floating type with integers stays that type; signed
/// with unsigned integers become a signed type that holds both, int64 with uint64 becomes uint64. A number
/// takes the arrays' type: x * 2.5 of floats is of floats; a fraction makes integers its own type, and an
/// integer that the type cannot hold is refused. Functions such as sin make integers float up to 16 bits,
/// else double. Halves calculate as floats. Integers wrap round; divided by 0 they give 0.
template <class X>
concept array_expression = std::derived_from<std::remove_cvref_t<X>, detail::expression_tag>;

namespace detail {

template <class X>
concept number = std::is_arithmetic_v<std::remove_cvref_t<X>>;
template <class A, class B>
concept array_operands = (array_expression<A> || array_expression<B>)&&(array_expression<A> || number<A>)&&(
    array_expression<B> || number<B>);

/// Halves are for memory only.
template <class T> using calculated_t = std::conditional_t<std::same_as<T, half>, float, T>;
template <class X> using value_of = calculated_t<typename std::remove_cvref_t<X>::value_type>;

template <std::size_t Bits, bool Signed> struct integer_of;
template <> struct integer_of<8, true> { using type = std::int8_t; };
template <> struct integer_of<16, true> { using type = std::int16_t; };
template <> struct integer_of<32, true> { using type = std::int32_t; };
template <> struct integer_of<64, true> { using type = std::int64_t; };
template <> struct integer_of<8, false> { using type = std::uint8_t; };
template <> struct integer_of<16, false> { using type = std::uint16_t; };
template <> struct integer_of<32, false> { using type = std::uint32_t; };
template <> struct integer_of<64, false> { using type = std::uint64_t; };

/// long long and long are one type to a device.
template <class T> struct device_number {
  using type = typename integer_of<8 * sizeof(T), std::is_signed_v<T>>::type;
};
template <std::floating_point T> struct device_number<T> {
  using type = std::conditional_t<std::same_as<T, float>, float, double>;
};
template <class T> using device_number_t = typename device_number<T>::type;

template <class T> using as_number = std::conditional_t<std::same_as<T, truth>, std::uint8_t, T>;

template <class A, class B> [[nodiscard]] consteval auto common_number() {
  if constexpr (std::same_as<A, B>)
    return A{};
  else if constexpr (std::floating_point<A> && std::floating_point<B>)
    return std::conditional_t<(sizeof(A) > sizeof(B)), A, B>{};
  else if constexpr (std::floating_point<A>)
    return A{};
  else if constexpr (std::floating_point<B>)
    return B{};
  else if constexpr (std::is_signed_v<A> == std::is_signed_v<B>)
    return std::conditional_t<(sizeof(A) > sizeof(B)), A, B>{};
  else if constexpr (std::is_unsigned_v<A>)
    return common_number<B, A>();
  else if constexpr (sizeof(A) > sizeof(B))
    return A{}; // A is signed
  else if constexpr (sizeof(B) < 8)
    return typename integer_of<16 * sizeof(B), true>::type{};
  else
    return std::uint64_t{};
}

/// The type that two operands become: of arrays, and of numbers, which take the arrays'.
template <class A, class B> [[nodiscard]] consteval auto common_operand() {
  using X = std::remove_cvref_t<A>;
  using Y = std::remove_cvref_t<B>;
  if constexpr (array_expression<X> && array_expression<Y>)
    return common_number<as_number<value_of<X>>, as_number<value_of<Y>>>();
  else if constexpr (array_expression<Y>)
    return common_operand<Y, X>();
  else if constexpr (std::floating_point<Y> && std::integral<as_number<value_of<X>>>)
    return device_number_t<Y>{};
  else
    return as_number<value_of<X>>{};
}
template <class A, class B> using common_operand_t = decltype(common_operand<A, B>());

/// What sin and such calculate in.
template <class T>
using floating_for =
    std::conditional_t<std::floating_point<T>, T, std::conditional_t<(sizeof(T) <= 2), float, double>>;

[[noreturn]] void refuse_number(const std::string& value, scalar type);

template <class T, class S> [[nodiscard]] T number_as(S value) {
  if constexpr (std::integral<T> && !std::same_as<S, bool>) {
    if (!std::in_range<T>(value)) refuse_number(std::to_string(value), scalar_of<T>);
  }
  return static_cast<T>(value);
}

template <class T> struct scalar_node : expression_tag {
  using value_type = T;
  static constexpr auto code = code_of(step::scalar, type_code<T>);
  explicit scalar_node(T of) : value(of) {}
  void collect(operand*& next) const noexcept { *next++ = operand::of(value); }
  T value;
};

/// 0, 1, 2, ... in the order of elements; only by itself, with scalars.
struct index_node : expression_tag {
  using value_type = std::uint64_t;
  static constexpr auto code = code_of(step::index, type_code<std::uint64_t>);
  void collect(operand*&) const noexcept {}
};

/// One of several operands.
template <step What, class Result, class... Operands> struct operation_node : expression_tag {
  using value_type = Result;
  using first = std::tuple_element_t<0, std::tuple<Operands...>>;
  // The type that it calculates in: for comparisons that of their operands, for choose that of the result.
  static constexpr std::uint8_t type =
      What == step::convert || What == step::choose ? type_code<Result> : type_code<value_of<first>>;
  static constexpr auto code = joined(Operands::code..., code_of(What, type));
  template <class... Given>
  explicit operation_node(std::in_place_t, Given&&... given) : operands(std::forward<Given>(given)...) {}
  void collect(operand*& next) const {
    std::apply([&](const auto&... each) { (each.collect(next), ...); }, operands);
  }
  std::tuple<Operands...> operands;
};

template <step What, class Result, class... Operands> [[nodiscard]] auto combined(Operands&&... operands) {
  return operation_node<What, Result, std::remove_cvref_t<Operands>...>(std::in_place,
                                                                        std::forward<Operands>(operands)...);
}

/// The operand as values of type T.
template <class T, class X> [[nodiscard]] auto as_operand(X&& x) {
  if constexpr (!array_expression<X>)
    return scalar_node<T>(number_as<T>(x));
  else if constexpr (std::same_as<value_of<X>, T>)
    return std::remove_cvref_t<X>(std::forward<X>(x));
  else
    return combined<step::convert, T>(std::forward<X>(x));
}

template <step What, class A> [[nodiscard]] auto unary(A&& a) {
  using T = as_number<value_of<A>>;
  return combined<What, T>(as_operand<T>(std::forward<A>(a)));
}
template <step What, class A> [[nodiscard]] auto function(A&& a) {
  using T = floating_for<as_number<value_of<A>>>;
  return combined<What, T>(as_operand<T>(std::forward<A>(a)));
}
template <step What, class A> [[nodiscard]] auto test(A&& a) {
  using T = floating_for<as_number<value_of<A>>>;
  return combined<What, truth>(as_operand<T>(std::forward<A>(a)));
}
template <step What, class A, class B> [[nodiscard]] auto binary(A&& a, B&& b) {
  using T = common_operand_t<A, B>;
  return combined<What, T>(as_operand<T>(std::forward<A>(a)), as_operand<T>(std::forward<B>(b)));
}
template <step What, class A, class B> [[nodiscard]] auto bitwise(A&& a, B&& b) {
  static_assert(std::integral<common_operand_t<A, B>>, "bitwise operators and shifts are for integers");
  return binary<What>(std::forward<A>(a), std::forward<B>(b));
}
template <step What, class A, class B> [[nodiscard]] auto binary_function(A&& a, B&& b) {
  using T = floating_for<common_operand_t<A, B>>;
  return combined<What, T>(as_operand<T>(std::forward<A>(a)), as_operand<T>(std::forward<B>(b)));
}
template <step What, class A, class B> [[nodiscard]] auto comparison(A&& a, B&& b) {
  using T = common_operand_t<A, B>;
  return combined<What, truth>(as_operand<T>(std::forward<A>(a)), as_operand<T>(std::forward<B>(b)));
}
template <class X> [[nodiscard]] auto as_truth(X&& x) {
  if constexpr (array_expression<X>)
    return as_operand<truth>(std::forward<X>(x));
  else
    return combined<step::convert, truth>(scalar_node<std::uint8_t>(x != 0));
}
template <step What, class A, class B> [[nodiscard]] auto logical(A&& a, B&& b) {
  return combined<What, truth>(as_truth(std::forward<A>(a)), as_truth(std::forward<B>(b)));
}

} // namespace detail

} // namespace clotho
