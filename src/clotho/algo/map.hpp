#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <clotho/algo/array.hpp>
#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/elementwise.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

// What is done to each element by itself, or moves it: of buffers, parts of them, and arrays in a row. All
// return at once, and throw argument_error for counts that differ and memory that overlaps where it must not.
// Each takes time by the bytes that it moves.
namespace clotho {

namespace detail {

/// Memory in a row as an array of one dimension.
template <flat_array A> [[nodiscard]] auto as_array(const placement& where, const A& what) {
  using T = typename A::value_type;
  const buffer_slice<T> all = what;
  return array<T>(where, all, layout(extents(all.size())));
}

future<void> gather(const placement& where, const flat& x, const flat& places, const flat& y);
future<void> scatter(const placement& where, const flat& x, const flat& places, const flat& y);
void check_zip(std::size_t parts, std::size_t count, std::size_t whole);

template <class A>
concept places_array = flat_array<A> && std::integral<typename A::value_type>;
template <class A, class B>
concept same_elements =
    flat_array<A> && flat_array<B> && std::same_as<typename A::value_type, typename B::value_type>;

} // namespace detail

/// Every element becomes `value`.
template <detail::flat_array A>
future<void> fill(const placement& where, const A& y, typename A::value_type value) {
  if constexpr (std::same_as<typename A::value_type, half>)
    return detail::as_array(where, y).assign(to_double(value));
  else
    return detail::as_array(where, y).assign(value);
}

/// first, first + step, ...; of floating numbers each is calculated from its index.
template <detail::flat_array A>
future<void> iota(const placement& where, const A& y, typename A::value_type first = {},
                  typename A::value_type step = 1) {
  using T = typename A::value_type;
  return detail::as_array(where, y).assign(detail::as_operand<T>(detail::index_node()) * step + first);
}

/// Elements, converted where the types differ. x and y may overlap: y becomes what x was.
template <detail::flat_array A, detail::flat_array B>
future<void> copy(const placement& where, const A& x, const B& y) {
  detail::check_same_count("copy", "x", detail::flat_of(x), "y", detail::flat_of(y));
  return detail::as_array(where, y).assign(detail::as_array(where, x));
}

/// y[i] = expression(x[i]), an expression of OpenCL C in `x`: transform(rt, x, "x * x + 1", y). In place,
/// too.
template <detail::flat_array A, detail::flat_array B>
future<void> transform(const placement& where, const A& x, std::string_view expression, const B& y) {
  const std::string arguments = "const " + opencl_name({scalar_of<typename A::value_type>, 1})
                                + "* clotho_x, " + opencl_name({scalar_of<typename B::value_type>, 1})
                                + "* clotho_y";
  return elementwise(where, arguments,
                     "const " + opencl_name({scalar_of<typename A::value_type>, 1})
                         + " x = clotho_x[i]; clotho_y[i] =\n" + std::string(expression))(x, y);
}
/// y[i] = expression(a[i], b[i]), in `a` and `b`.
template <detail::flat_array A, detail::flat_array B, detail::flat_array C>
future<void> transform(const placement& where, const A& a, const B& b, std::string_view expression,
                       const C& y) {
  const std::string a_type = opencl_name({scalar_of<typename A::value_type>, 1}),
                    b_type = opencl_name({scalar_of<typename B::value_type>, 1});
  const std::string arguments = "const " + a_type + "* clotho_a, const " + b_type + "* clotho_b, "
                                + opencl_name({scalar_of<typename C::value_type>, 1}) + "* clotho_y";
  return elementwise(where, arguments,
                     "const " + a_type + " a = clotho_a[i]; const " + b_type
                         + " b = clotho_b[i]; clotho_y[i] =\n" + std::string(expression))(a, b, y);
}

/// y[i] = x[places[i]]; places that x does not have give 0.
template <class A, detail::places_array P, class B>
requires detail::same_elements<A, B> future<void> gather(const placement& where, const A& x, const P& places,
                                                         const B& y) {
  return detail::gather(where, detail::flat_of(x), detail::flat_of(places), detail::flat_of(y));
}
/// y[places[i]] = x[i]; places that y does not have are passed over. Of several for one place any may win.
template <class A, detail::places_array P, class B>
requires detail::same_elements<A, B> future<void> scatter(const placement& where, const A& x, const P& places,
                                                          const B& y) {
  return detail::scatter(where, detail::flat_of(x), detail::flat_of(places), detail::flat_of(y));
}
/// y[i] = x[order[i]], where order has every index once; which is not checked.
template <class A, detail::places_array P, class B>
requires detail::same_elements<A, B> future<void> permute(const placement& where, const A& x, const P& order,
                                                          const B& y) {
  detail::check_same_count("permute", "x", detail::flat_of(x), "order", detail::flat_of(order));
  return gather(where, x, order, y);
}

/// Turned round: y[i] = x[n - 1 - i]. In place, too, through a copy.
template <class A, class B>
requires detail::same_elements<A, B> future<void> reverse(const placement& where, const A& x, const B& y) {
  detail::check_same_count("reverse", "x", detail::flat_of(x), "y", detail::flat_of(y));
  return detail::as_array(where, y).assign(detail::as_array(where, x)(slice({}, {}, -1)));
}

/// y[i] = x[(i + by) % n]: element `by` comes first; negative ones count from the end. x and y must not
/// overlap.
template <class A, class B>
requires detail::same_elements<A, B> future<void> rotate(const placement& where, const A& x, const B& y,
                                                         std::int64_t by) {
  detail::check_same_count("rotate", "x", detail::flat_of(x), "y", detail::flat_of(y));
  detail::check_apart("rotate: x and y", detail::flat_of(x), detail::flat_of(y));
  const auto from = detail::as_array(where, x), to = detail::as_array(where, y);
  const auto n = static_cast<std::int64_t>(from.size());
  if (n == 0) return detail::nothing_to_do(where);
  const std::int64_t first = (by % n + n) % n;
  if (first != 0) to(slice(n - first)).assign(from(slice({}, first)));
  to(slice({}, n - first)).assign(from(slice(first)));
  return where.owner().host([](auto) {}, in(y));
}

/// y = x0[0], x1[0], ..., x0[1], x1[1], ...: y has as many elements as all together, which have as many each.
template <detail::flat_array B, class... A>
requires(detail::same_elements<A, B>&&...) future<void> zip(const placement& where, const B& y,
                                                            const A&... x) {
  constexpr auto parts = static_cast<std::int64_t>(sizeof...(A));
  static_assert(parts > 0, "zip: at least one array to take elements from");
  const auto to = detail::as_array(where, y);
  (detail::check_zip(sizeof...(A), detail::flat_of(x).size(), to.size()), ...);
  (detail::check_apart("zip: an array and y", detail::flat_of(x), detail::flat_of(y)), ...);
  std::int64_t next = 0;
  future<void> last;
  ((last = to(slice(next++, {}, parts)).assign(detail::as_array(where, x))), ...);
  return last;
}
/// The opposite.
template <detail::flat_array B, class... A>
requires(detail::same_elements<A, B>&&...) future<void> unzip(const placement& where, const B& x,
                                                              const A&... y) {
  constexpr auto parts = static_cast<std::int64_t>(sizeof...(A));
  static_assert(parts > 0, "unzip: at least one array to put elements in");
  const auto from = detail::as_array(where, x);
  (detail::check_zip(sizeof...(A), detail::flat_of(y).size(), from.size()), ...);
  (detail::check_apart("unzip: x and an array", detail::flat_of(x), detail::flat_of(y)), ...);
  std::int64_t next = 0;
  ((detail::as_array(where, y).assign(from(slice(next++, {}, parts)))), ...);
  return where.owner().host([](auto...) {}, in(y)...);
}

} // namespace clotho
