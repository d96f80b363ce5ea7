#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <optional>

#include <clotho/algo/detail/fold.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

template <class A>
concept real_array = flat_array<A> && std::floating_point<typename A::value_type>;

[[nodiscard]] flat products(const placement& where, const flat& x, const flat& y);
/// For float and double.
template <std::floating_point T> [[nodiscard]] future<T> root_of(const placement& where, const flat& squares);
template <std::floating_point T>
[[nodiscard]] future<T> largest_magnitude(const placement& where, const flat& x);

} // namespace detail

/// The sum of products x[i] y[i], each rounded (no fused multiplication), in the elements' own type and in
/// the order of reduce(): the same bits everywhere. Throws argument_error unless they have as many elements;
/// else as reduce().
template <detail::flat_array X, detail::flat_array Y>
requires std::same_as<typename X::value_type, typename Y::value_type>
[[nodiscard]] future<typename X::value_type> dot(const placement& where, const X& x, const Y& y) {
  return detail::only_element<typename X::value_type>(
      where, detail::products(where, detail::flat_of(x), detail::flat_of(y)));
}

/// The sum of magnitudes; see reduce().
template <detail::real_array A>
[[nodiscard]] future<typename A::value_type> norm1(const placement& where, const A& x) {
  return detail::only_element<typename A::value_type>(
      where, detail::fold(where, {detail::operation::plus, detail::fold_map::magnitude}, detail::flat_of(x)));
}
/// The root of the sum of squares, which overflows where that does: above 1.8e19 for float.
template <detail::real_array A>
[[nodiscard]] future<typename A::value_type> norm2(const placement& where, const A& x) {
  return detail::root_of<typename A::value_type>(
      where, detail::fold(where, {detail::operation::plus, detail::fold_map::square}, detail::flat_of(x)));
}
/// The largest magnitude; 0 for no elements. NaN is passed over, unless all are.
template <detail::real_array A>
[[nodiscard]] future<typename A::value_type> norm_inf(const placement& where, const A& x) {
  return detail::largest_magnitude<typename A::value_type>(where, detail::flat_of(x));
}

} // namespace clotho
