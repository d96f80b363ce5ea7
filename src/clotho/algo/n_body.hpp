#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <concepts>
#include <type_traits>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/placement.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

namespace detail {

[[nodiscard]] future<void> accelerations(const placement& where, const std::array<flat, 4>& bodies,
                                         const std::array<flat, 3>& result, double softening);

/// An array of the same elements as `Like`, which are float or double.
template <class A, class Like>
concept reals_like =
    flat_array<A> && std::same_as<typename A::value_type,
                                  typename Like::value_type> && std::floating_point<typename A::value_type>;

} // namespace detail

/// How n bodies attract each other, all pairs, where the constant of gravity is 1:
///
///     a_i = sum over j of m_j (p_j - p_i) / (|p_j - p_i|^2 + softening^2)^(3/2)
///
/// x, y, z: positions; m: masses, of any sign; ax, ay, az: the accelerations. Softening below 1e-9 (float) or
/// 1e-90 (double) counts as that, so that a body does nothing to itself, nor to one at the same place. Masses
/// times the cube of 1 / softening must be finite.
///
/// Returns at once. O(n^2), no scratch memory. Each component is off by (4e-6 + n 6e-8) (double: (1e-14 + n
/// 2e-16)) times the sum of the sizes of its terms at most; the same bits each time on one device. CPU shape:
/// vectors of bodies, the root by Newton's steps from a guess of the exponent (Walczyk, Moroz, Cieslinski:
/// Improving the accuracy of the fast inverse square root, 2021); GPU shape: tiles in local memory (Nyland,
/// Harris, Prins: Fast N-body simulation with CUDA, 2007). Throws argument_error when counts differ, results
/// overlap anything, or softening is negative or not finite; capability_error for double on a device without
/// fp64.
template <detail::flat_array X, detail::reals_like<X> Y, detail::reals_like<X> Z, detail::reals_like<X> M,
          detail::reals_like<X> AX, detail::reals_like<X> AY, detail::reals_like<X> AZ>
future<void> accelerations(const placement& where, const X& x, const Y& y, const Z& z, const M& m,
                           const AX& ax, const AY& ay, const AZ& az, double softening) {
  using detail::flat_of;
  return detail::accelerations(where, {flat_of(x), flat_of(y), flat_of(z), flat_of(m)},
                               {flat_of(ax), flat_of(ay), flat_of(az)}, softening);
}

} // namespace clotho
