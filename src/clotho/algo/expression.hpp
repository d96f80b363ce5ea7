#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <type_traits>
#include <utility>

#include <clotho/algo/detail/expression_node.hpp>

// Operators of arrays: each makes an expression, see array_expression.
namespace clotho {

// clang-format off
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator+(A&& a, B&& b) { return detail::binary<detail::step::add>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator-(A&& a, B&& b) { return detail::binary<detail::step::subtract>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator*(A&& a, B&& b) { return detail::binary<detail::step::multiply>(std::forward<A>(a), std::forward<B>(b)); }
/// Of integers: rounded towards 0, as in C++; cast<double>(x) / y divides otherwise.
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator/(A&& a, B&& b) { return detail::binary<detail::step::divide>(std::forward<A>(a), std::forward<B>(b)); }
/// With the sign of the first, as in C++; of floating numbers as fmod.
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator%(A&& a, B&& b) { return detail::binary<detail::step::remainder>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator&(A&& a, B&& b) { return detail::bitwise<detail::step::bit_and>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator|(A&& a, B&& b) { return detail::bitwise<detail::step::bit_or>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator^(A&& a, B&& b) { return detail::bitwise<detail::step::bit_xor>(std::forward<A>(a), std::forward<B>(b)); }
/// By less than the type has bits.
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator<<(A&& a, B&& b) { return detail::bitwise<detail::step::shift_left>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator>>(A&& a, B&& b) { return detail::bitwise<detail::step::shift_right>(std::forward<A>(a), std::forward<B>(b)); }
template <array_expression A> [[nodiscard]] auto operator-(A&& a) { return detail::unary<detail::step::negate>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto operator~(A&& a) { static_assert(std::integral<detail::as_number<detail::value_of<A>>>, "~ is for integers"); return detail::unary<detail::step::invert>(std::forward<A>(a)); }

// Comparisons and what combines them: 0 or 1, as uint8 where they are stored or counted with.
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator<(A&& a, B&& b) { return detail::comparison<detail::step::less>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator<=(A&& a, B&& b) { return detail::comparison<detail::step::less_equal>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator>(A&& a, B&& b) { return detail::comparison<detail::step::greater_than>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator>=(A&& a, B&& b) { return detail::comparison<detail::step::greater_equal>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator==(A&& a, B&& b) { return detail::comparison<detail::step::equal>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator!=(A&& a, B&& b) { return detail::comparison<detail::step::not_equal>(std::forward<A>(a), std::forward<B>(b)); }
/// Both sides are calculated.
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator&&(A&& a, B&& b) { return detail::logical<detail::step::both>(std::forward<A>(a), std::forward<B>(b)); }
template <class A, class B> requires detail::array_operands<A, B> [[nodiscard]] auto operator||(A&& a, B&& b) { return detail::logical<detail::step::either>(std::forward<A>(a), std::forward<B>(b)); }
template <array_expression A> [[nodiscard]] auto operator!(A&& a) { return detail::combined<detail::step::not_true, detail::truth>(detail::as_truth(std::forward<A>(a))); }
template <array_expression A> [[nodiscard]] auto isnan(A&& a) { return detail::test<detail::step::isnan>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto isinf(A&& a) { return detail::test<detail::step::isinf>(std::forward<A>(a)); }
template <array_expression A> [[nodiscard]] auto isfinite(A&& a) { return detail::test<detail::step::isfinite>(std::forward<A>(a)); }
// clang-format on

} // namespace clotho
