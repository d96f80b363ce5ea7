#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/scalar_bits.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

enum class predicate : std::uint8_t { equals, is_true, differs };

[[nodiscard]] future<std::uint64_t> count(const placement& where, predicate holds, const flat& x,
                                          const std::optional<flat>& y, const scalar_bits& value);
/// That as many as `wanted` fulfil it.
[[nodiscard]] future<bool> counts(const placement& where, predicate holds, const flat& x,
                                  const std::optional<flat>& y, std::uint64_t wanted, bool are_equal);

} // namespace detail

/// How many elements are equal to `value`: NaN to none, -0 to 0.
///
/// This and what follows read all elements once, n / 4096 counts of scratch memory; errors and threads as
/// reduce().
template <detail::flat_array A>
[[nodiscard]] future<std::uint64_t> count(const placement& where, const A& x,
                                          std::type_identity_t<typename A::value_type> value) {
  return detail::count(where, detail::predicate::equals, detail::flat_of(x), std::nullopt,
                       detail::scalar_bits(value));
}

/// Whether one element at least is not 0; false for none.
template <detail::flat_array A> [[nodiscard]] future<bool> any(const placement& where, const A& x) {
  return detail::counts(where, detail::predicate::is_true, detail::flat_of(x), std::nullopt, 0, false);
}
/// Whether no element is 0; true for none.
template <detail::flat_array A> [[nodiscard]] future<bool> all(const placement& where, const A& x) {
  return detail::counts(where, detail::predicate::is_true, detail::flat_of(x), std::nullopt, x.size(), true);
}
/// Whether x and y have equal elements. Throws argument_error unless they have as many.
template <detail::flat_array X, detail::flat_array Y>
requires std::same_as<typename X::value_type, typename Y::value_type>
[[nodiscard]] future<bool> equal(const placement& where, const X& x, const Y& y) {
  return detail::counts(where, detail::predicate::differs, detail::flat_of(x), detail::flat_of(y), 0, true);
}

} // namespace clotho
