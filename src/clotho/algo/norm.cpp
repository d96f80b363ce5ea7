// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/norm.hpp>

#include <cmath>
#include <cstring>
#include <span>

namespace clotho::detail {

flat products(const placement& where, const flat& x, const flat& y) {
  check_same_count("dot", "x", x, "y", y);
  return fold(where, {operation::plus, fold_map::product}, x, y);
}

template <std::floating_point T> future<T> root_of(const placement& where, const flat& squares) {
  return where.owner().host(
      [](std::span<const std::byte> bytes) {
        T sum{};
        std::memcpy(&sum, bytes.data(), sizeof sum);
        return std::sqrt(sum);
      },
      in(squares.bytes), run_inline);
}

template <std::floating_point T> future<T> largest_magnitude(const placement& where, const flat& x) {
  if (x.size() == 0) return where.owner().host([] { return T{0}; });
  return only_element<T>(where, fold(where, {operation::maximum, fold_map::magnitude}, x));
}

template future<float> root_of(const placement&, const flat&);
template future<double> root_of(const placement&, const flat&);
template future<float> largest_magnitude(const placement&, const flat&);
template future<double> largest_magnitude(const placement&, const flat&);

} // namespace clotho::detail
