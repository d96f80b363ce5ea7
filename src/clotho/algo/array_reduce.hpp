#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include <clotho/algo/array.hpp>
#include <clotho/algo/detail/array_fold.hpp>
#include <clotho/sched/future.hpp>

// Reductions of arrays and expressions, which are calculated on the way: sum(x * y) is one launch. All return
// at once.
//
// Sums of integers are of 64 bits, those of floating numbers of their type: 16 lanes add each tile of 4096
// elements (rows, or columns, along a dimension), and the host adds the tiles' sums in double. The order does
// not depend on the number of threads.
namespace clotho {

/// A dimension to reduce along; -1 is the last.
struct axis {
  explicit constexpr axis(std::int64_t which) noexcept : number(which) {}
  std::int64_t number;
};

namespace detail {

template <class X> using number_of = as_number<value_of<X>>;
template <class T>
using sum_of = std::conditional_t<std::floating_point<T>, T,
                                  std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;

/// `finish` is called on the host with the partial results.
template <class T, class X, class Finish>
[[nodiscard]] auto folded(const X& values, operation op, Finish finish) {
  return with_formula(values, [&](const formula& what) {
    const flat partials = fold_all(what, op, scalar_of<T>);
    const flow_access all = partials.bytes.access(access_mode::in);
    return placement_of(what).owner().host([finish](std::span<const T> parts) { return finish(parts); },
                                           in(buffer_slice<T>(all.memory, all.where)));
  });
}

template <class T, class X> [[nodiscard]] array<T> folded_along(const X& values, operation op, axis along) {
  return with_formula(values, [&](const formula& what) {
    const auto made = fold_axis(what, op, scalar_of<T>, along.number);
    const flow_access all = made->memory.access(access_mode::in);
    return array<T>(made->where, buffer_slice<T>(all.memory, all.where), made->view);
  });
}

template <class X> [[nodiscard]] extents shape_of_values(const X& values) {
  return with_formula(values, [](const formula& what) { return shape_of(what); });
}
template <class X> void want_elements(const char* what, const X& values) {
  if (const extents shape = shape_of_values(values); shape.volume() == 0) refuse_none(what, shape);
}
template <class X> void want_elements(const char* what, const X& values, axis along) {
  const extents shape = shape_of_values(values);
  if (shape[layout(shape).axis_of(along.number)] == 0) refuse_none(what, shape);
}

template <class T> [[nodiscard]] auto total(std::span<const T> parts) {
  std::conditional_t<std::floating_point<T>, double, T> sum = 0;
  for (const T one : parts) sum += one;
  return sum;
}

} // namespace detail

/// Of no elements 0.
template <array_expression X> [[nodiscard]] auto sum(const X& x) {
  using T = detail::sum_of<detail::number_of<X>>;
  return detail::folded<T>(x, detail::operation::plus,
                           [](std::span<const T> parts) { return static_cast<T>(detail::total(parts)); });
}
template <array_expression X> [[nodiscard]] auto sum(const X& x, axis along) {
  return detail::folded_along<detail::sum_of<detail::number_of<X>>>(x, detail::operation::plus, along);
}

/// The least and the largest; NaN only when all are. Throw argument_error when there are no elements.
template <array_expression X> [[nodiscard]] auto min(const X& x) {
  using T = detail::number_of<X>;
  detail::want_elements("min", x);
  return detail::folded<T>(x, detail::operation::minimum, [](std::span<const T> parts) {
    T least = parts[0];
    for (const T one : parts) least = one < least || least != least ? one : least;
    return least;
  });
}
template <array_expression X> [[nodiscard]] auto max(const X& x) {
  using T = detail::number_of<X>;
  detail::want_elements("max", x);
  return detail::folded<T>(x, detail::operation::maximum, [](std::span<const T> parts) {
    T largest = parts[0];
    for (const T one : parts) largest = one > largest || largest != largest ? one : largest;
    return largest;
  });
}
template <array_expression X> [[nodiscard]] auto min(const X& x, axis along) {
  detail::want_elements("min", x, along);
  return detail::folded_along<detail::number_of<X>>(x, detail::operation::minimum, along);
}
template <array_expression X> [[nodiscard]] auto max(const X& x, axis along) {
  detail::want_elements("max", x, along);
  return detail::folded_along<detail::number_of<X>>(x, detail::operation::maximum, along);
}

/// A float for floats and integers up to 16 bits, else a double. Throw argument_error when there are no
/// elements.
template <array_expression X> [[nodiscard]] auto mean(const X& x) {
  using T = detail::sum_of<detail::number_of<X>>;
  using R = detail::floating_for<detail::number_of<X>>;
  detail::want_elements("mean", x);
  const auto count = static_cast<double>(detail::shape_of_values(x).volume());
  return detail::folded<T>(x, detail::operation::plus, [count](std::span<const T> parts) {
    return static_cast<R>(static_cast<double>(detail::total(parts)) / count);
  });
}
template <array_expression X> [[nodiscard]] auto mean(const X& x, axis along) {
  using R = detail::floating_for<detail::number_of<X>>;
  detail::want_elements("mean", x, along);
  const extents shape = detail::shape_of_values(x);
  const auto count = static_cast<R>(shape[layout(shape).axis_of(along.number)]);
  return array<R>(cast<R>(sum(x, along)) / count);
}

/// Whether any, or all, are not 0.
template <array_expression X> [[nodiscard]] future<bool> any(const X& x) {
  return detail::folded<std::int32_t>(
      detail::as_truth(x), detail::operation::logical_or, [](std::span<const std::int32_t> parts) {
        return std::any_of(parts.begin(), parts.end(), [](std::int32_t one) { return one != 0; });
      });
}
template <array_expression X> [[nodiscard]] future<bool> all(const X& x) {
  return detail::folded<std::int32_t>(
      detail::as_truth(x), detail::operation::logical_and, [](std::span<const std::int32_t> parts) {
        return std::all_of(parts.begin(), parts.end(), [](std::int32_t one) { return one != 0; });
      });
}
template <array_expression X> [[nodiscard]] array<std::uint8_t> any(const X& x, axis along) {
  return detail::folded_along<std::int32_t>(detail::as_truth(x), detail::operation::logical_or, along) != 0;
}
template <array_expression X> [[nodiscard]] array<std::uint8_t> all(const X& x, axis along) {
  return detail::folded_along<std::int32_t>(detail::as_truth(x), detail::operation::logical_and, along) != 0;
}

/// The sum of the products.
template <array_expression X, array_expression Y> [[nodiscard]] auto dot(const X& x, const Y& y) {
  return sum(x * y);
}

} // namespace clotho
