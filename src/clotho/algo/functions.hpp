#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <type_traits>
#include <utility>

#include <clotho/algo/detail/expression_node.hpp>
#include <clotho/algo/expression.hpp>

// Functions of each element of arrays: each makes an expression, see array_expression.
namespace clotho {

// clang-format off
// As accurate as OpenCL demands of the functions of these names.
template <array_expression A> [[nodiscard]] auto abs(A&& a) { return detail::unary<detail::step::absolute>(std::forward<A>(a)); }
/// -1, 0 or 1; NaN stays.
template <array_expression A> [[nodiscard]] auto sign(A&& a) { return detail::unary<detail::step::sign>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto sin(A&& a) { return detail::function<detail::step::sin>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto cos(A&& a) { return detail::function<detail::step::cos>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto tan(A&& a) { return detail::function<detail::step::tan>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto asin(A&& a) { return detail::function<detail::step::asin>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto acos(A&& a) { return detail::function<detail::step::acos>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto atan(A&& a) { return detail::function<detail::step::atan>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto sinh(A&& a) { return detail::function<detail::step::sinh>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto cosh(A&& a) { return detail::function<detail::step::cosh>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto tanh(A&& a) { return detail::function<detail::step::tanh>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto asinh(A&& a) { return detail::function<detail::step::asinh>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto acosh(A&& a) { return detail::function<detail::step::acosh>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto atanh(A&& a) { return detail::function<detail::step::atanh>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto exp(A&& a) { return detail::function<detail::step::exp>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto exp2(A&& a) { return detail::function<detail::step::exp2>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto exp10(A&& a) { return detail::function<detail::step::exp10>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto expm1(A&& a) { return detail::function<detail::step::expm1>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto log(A&& a) { return detail::function<detail::step::log>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto log2(A&& a) { return detail::function<detail::step::log2>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto log10(A&& a) { return detail::function<detail::step::log10>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto log1p(A&& a) { return detail::function<detail::step::log1p>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto sqrt(A&& a) { return detail::function<detail::step::sqrt>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto rsqrt(A&& a) { return detail::function<detail::step::rsqrt>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto cbrt(A&& a) { return detail::function<detail::step::cbrt>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto floor(A&& a) { return detail::function<detail::step::floor>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto ceil(A&& a) { return detail::function<detail::step::ceil>(std::forward<A>(a)); }
/// Halves away from 0.
template <array_expression A> [[nodiscard]] auto round(A&& a) { return detail::function<detail::step::round>(std::forward<A>(a)); }
/// Halves to even, as NumPy rounds.
template <array_expression A> [[nodiscard]] auto rint(A&& a) { return detail::function<detail::step::rint>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto trunc(A&& a) { return detail::function<detail::step::trunc>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto erf(A&& a) { return detail::function<detail::step::erf>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto erfc(A&& a) { return detail::function<detail::step::erfc>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto tgamma(A&& a) { return detail::function<detail::step::tgamma>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto lgamma(A&& a) { return detail::function<detail::step::lgamma>(std::forward<A>(a)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto pow(A&& a, B&& b) { return detail::binary_function<detail::step::pow>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto atan2(A&& a, B&& b) { return detail::binary_function<detail::step::atan2>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto hypot(A&& a, B&& b) { return detail::binary_function<detail::step::hypot>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto copysign(A&& a, B&& b) { return detail::binary_function<detail::step::copysign>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto fdim(A&& a, B&& b) { return detail::binary_function<detail::step::fdim>(std::forward<A>(a), std::forward<B>(b)); }
/// The lesser of two; numbers are preferred to NaN.
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto min(A&& a, B&& b) { return detail::binary<detail::step::lesser>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto max(A&& a, B&& b) { return detail::binary<detail::step::greater>(std::forward<A>(a), std::forward<B>(b)); }
// The same, also where std::min and std::max are among the candidates.
template <array_expression X> [[nodiscard]] auto min(const X& a, const X& b) { return detail::binary<detail::step::lesser>(a, b); }
template <array_expression X> [[nodiscard]] auto max(const X& a, const X& b) { return detail::binary<detail::step::greater>(a, b); }
// clang-format on

/// a * b + c, rounded once; of integers as those operators.
template <class A, class B, class C>
requires(detail::array_operands<A, B> || detail::array_operands<B, C> || detail::array_operands<A, C>)
    [[nodiscard]] auto fma(A&& a, B&& b, C&& c) {
  using T = typename decltype(std::declval<A>() * std::declval<B>() + std::declval<C>())::value_type;
  static_assert(std::floating_point<T>, "fma is for floating numbers: a * b + c of integers is exact");
  return detail::combined<detail::step::fma, T>(detail::as_operand<T>(std::forward<A>(a)),
                                                detail::as_operand<T>(std::forward<B>(b)),
                                                detail::as_operand<T>(std::forward<C>(c)));
}

/// `x` where it lies between the two, else the one that it is beyond.
template <array_expression X, class L, class H> [[nodiscard]] auto clamp(X&& x, L&& least, H&& most) {
  return min(max(std::forward<X>(x), std::forward<L>(least)), std::forward<H>(most));
}

/// `a` where `condition` is not 0, else `b`; both are calculated.
template <array_expression Condition, class A, class B>
requires(detail::array_operands<A, B>) [[nodiscard]] auto where(Condition&& condition, A&& a, B&& b) {
  using T = detail::common_operand_t<A, B>;
  return detail::combined<detail::step::choose, T>(detail::as_truth(std::forward<Condition>(condition)),
                                                   detail::as_operand<T>(std::forward<A>(a)),
                                                   detail::as_operand<T>(std::forward<B>(b)));
}
/// Of two numbers of one type.
template <array_expression Condition, detail::number N>
[[nodiscard]] auto where(Condition&& condition, N a, N b) {
  using T = detail::device_number_t<N>;
  return detail::combined<detail::step::choose, T>(detail::as_truth(std::forward<Condition>(condition)),
                                                   detail::as_operand<T>(a), detail::as_operand<T>(b));
}

/// As values of another type: cast<double>(x). Fractions are cut off; what an integer type cannot hold gives
/// an indeterminate value.
template <class To, array_expression X> [[nodiscard]] auto cast(X&& x) {
  static_assert(std::is_arithmetic_v<To> && scalar_value<To>,
                "cast<T>: T is a type that OpenCL calculates with");
  return detail::as_operand<To>(std::forward<X>(x));
}

} // namespace clotho
