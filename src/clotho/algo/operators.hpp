#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>

#include <clotho/core/element_type.hpp>

namespace clotho {

/// Operators of reductions and scans, each associative, with a neutral element: plus and multiplies wrap
/// round for integers; minimum and maximum pass over NaN, unless all are; logical ones take what is not zero
/// for true, and give 1 or 0.
struct plus {};
struct multiplies {};
struct minimum {};
struct maximum {};
struct bit_and {};
struct bit_or {};
struct bit_xor {};
struct logical_and {};
struct logical_or {};

namespace detail {

enum class operation : std::uint8_t {
  plus,
  multiplies,
  minimum,
  maximum,
  bit_and,
  bit_or,
  bit_xor,
  logical_and,
  logical_or
};

template <class Op> inline constexpr operation operation_of = static_cast<operation>(0xFF);
template <> inline constexpr operation operation_of<plus> = operation::plus;
template <> inline constexpr operation operation_of<multiplies> = operation::multiplies;
template <> inline constexpr operation operation_of<minimum> = operation::minimum;
template <> inline constexpr operation operation_of<maximum> = operation::maximum;
template <> inline constexpr operation operation_of<bit_and> = operation::bit_and;
template <> inline constexpr operation operation_of<bit_or> = operation::bit_or;
template <> inline constexpr operation operation_of<bit_xor> = operation::bit_xor;
template <> inline constexpr operation operation_of<logical_and> = operation::logical_and;
template <> inline constexpr operation operation_of<logical_or> = operation::logical_or;

constexpr bool is_bitwise(operation op) noexcept {
  return op == operation::bit_and || op == operation::bit_or || op == operation::bit_xor;
}

} // namespace detail

/// An operator of this header that elements of T have: bitwise ones are for integers.
template <class Op, class T>
concept operator_on = detail::operation_of<Op>
!= static_cast<detail::operation>(0xFF)
    && (std::integral<T> || !detail::is_bitwise(detail::operation_of<Op>));

} // namespace clotho
