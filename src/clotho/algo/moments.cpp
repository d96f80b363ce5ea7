// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/moments.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <string>

#include <clotho/algo/detail/lane_tiles.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/moments.hpp>

namespace clotho {

double moments::variance(std::size_t freedom) const noexcept {
  if (count <= freedom) return std::numeric_limits<double>::quiet_NaN();
  return squares / static_cast<double>(count - freedom);
}

namespace detail {

namespace {

scalar calculated_with(scalar type) {
  return type == scalar::f32 || type == scalar::f16 ? scalar::f32 : scalar::f64;
}

primitive_request describe(const placement& where, scalar type, const parameters& tuning) {
  primitive_request wanted{type_macros(where, type, "moments_of", "X"), {}};
  for (auto& macro : type_macros(where, calculated_with(type), "moments_of"))
    wanted.defines.push_back(std::move(macro));
  wanted.kernels = {tuning.shape() == shape::cpu ? "moments_cpu" : "moments_gpu"};
  return wanted;
}

const primitive& primitive_of(const placement& where, scalar type) {
  return primitive_for(where, {kernels::moments, static_cast<std::uint64_t>(type)}, "moments", type,
                       [&](const parameters& tuning) { return describe(where, type, tuning); });
}

template <class T> T element(std::span<const std::byte> bytes, std::size_t i) {
  T value{};
  std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
  return value;
}

// Of tiles, the last of which may be shorter.
template <class T>
moments together(std::size_t n, std::span<const std::byte> means, std::span<const std::byte> squares) {
  moments all{n, 0, 0};
  const auto size_of = [n](std::size_t tile) {
    return static_cast<double>(std::min(lane_tiles::tile, n - tile * lane_tiles::tile));
  };
  for (std::size_t i = 0; i < lane_tiles::count(n); ++i)
    all.mean += size_of(i) * static_cast<double>(element<T>(means, i));
  all.mean /= static_cast<double>(n);
  for (std::size_t i = 0; i < lane_tiles::count(n); ++i) {
    const double away = static_cast<double>(element<T>(means, i)) - all.mean;
    all.squares += static_cast<double>(element<T>(squares, i)) + size_of(i) * away * away;
  }
  return all;
}

// finish(moments), when they are known.
template <class Finish> auto with_moments(const placement& where, const flat& x, const Finish& finish) {
  const std::uint64_t n = x.size();
  const scalar with = calculated_with(x.type);
  require_type(where, with, "moments_of");
  const flat means = temporary(where, with, lane_tiles::count(n)),
             squares = temporary(where, with, lane_tiles::count(n));
  if (n > 0) {
    const primitive& primitive = primitive_of(where, x.type);
    where.owner().launch(primitive.kernels[0], lane_tiles::range(primitive, n), in(readable(where, x).bytes),
                         out(means.bytes), out(squares.bytes), n);
  }
  return where.owner().host(
      [=](std::span<const std::byte> m, std::span<const std::byte> s) {
        if (n == 0) return finish(moments{0, std::numeric_limits<double>::quiet_NaN(), 0});
        return finish(with == scalar::f32 ? together<float>(n, m, s) : together<double>(n, m, s));
      },
      in(means.bytes), in(squares.bytes));
}

} // namespace

future<moments> moments_of(const placement& where, const flat& x) {
  return with_moments(where, x, [](const moments& all) { return all; });
}
future<double> mean_of(const placement& where, const flat& x) {
  return with_moments(where, x, [](const moments& all) { return all.mean; });
}
future<double> variance_of(const placement& where, const flat& x, std::size_t freedom) {
  return with_moments(where, x, [freedom](const moments& all) { return all.variance(freedom); });
}

} // namespace detail

} // namespace clotho
