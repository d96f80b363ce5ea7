#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>

#include <clotho/algo/detail/strided_vector.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

future<void> add_scaled(const placement& where, double alpha, const strided_vector& x,
                        const strided_vector& y);
future<void> scale(const placement& where, double alpha, const strided_vector& x);

} // namespace detail

/// y += alpha * x, for `n` elements of float, double, or half, which are `incx` and `incy` apart in memory;
/// as in BLAS, a negative increment begins at the end. Each result is rounded once, half's in float before.
///
/// Returns at once. Throws argument_error when vectors do not lie inside their memory, or share some, and for
/// increments of 0; capability_error when the device does not calculate with the type.
template <detail::flat_array X, detail::flat_array Y>
future<void> axpy(const placement& where, std::size_t n, double alpha, const X& x, std::ptrdiff_t incx,
                  const Y& y, std::ptrdiff_t incy) {
  return detail::add_scaled(where, alpha, {detail::flat_of(x), n, incx}, {detail::flat_of(y), n, incy});
}
/// All elements; throws argument_error also when there are not as many of both.
template <detail::flat_array X, detail::flat_array Y>
future<void> axpy(const placement& where, double alpha, const X& x, const Y& y) {
  detail::check_same_count("axpy", "x", detail::flat_of(x), "y", detail::flat_of(y));
  return axpy(where, x.size(), alpha, x, 1, y, 1);
}

/// x = alpha * x, in the same way. With alpha = 0 what is not finite becomes NaN, as multiplication says.
template <detail::flat_array X>
future<void> scal(const placement& where, std::size_t n, double alpha, const X& x, std::ptrdiff_t incx) {
  return detail::scale(where, alpha, {detail::flat_of(x), n, incx});
}
template <detail::flat_array X> future<void> scal(const placement& where, double alpha, const X& x) {
  return scal(where, x.size(), alpha, x, 1);
}

} // namespace clotho
