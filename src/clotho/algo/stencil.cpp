// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/stencil.hpp>

#include <span>
#include <string>
#include <utility>

#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/stencil.hpp>
#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

using extent = std::array<std::size_t, 3>;

void check(const extent& size, const flat& in, const flat& out) {
  const auto all = checked_product(std::span<const std::size_t>(size));
  for (const auto& [name, what] : {std::pair("in", &in), std::pair("out", &out)})
    if (!all || what->size() != *all)
      throw argument_error("stencil: " + std::string(name) + " has " + std::to_string(what->size())
                           + " elements, not " + std::to_string(size[0]) + " x " + std::to_string(size[1])
                           + " x " + std::to_string(size[2]));
  check_apart("stencil: in and out", in, out);
}

const primitive& program_for(const placement& where, scalar type, std::size_t points, border beyond) {
  const std::uint64_t variant = static_cast<std::uint64_t>(type) | static_cast<std::uint64_t>(beyond) << 8
                                | std::uint64_t{points} << 16;
  return primitive_for(where, {kernels::stencil, variant}, "stencil", type, [&](const parameters& tuning) {
    macro_list macros = type_macros(where, type, "stencil");
    macros.insert(macros.end(), {{"POINTS", std::to_string(points)},
                                 {"BORDER", std::to_string(static_cast<int>(beyond))},
                                 {"TILE", std::to_string(tuning["tile"])},
                                 {"WG", std::to_string(tuning["group"])}});
    return primitive_request{std::move(macros),
                             {tuning.shape() == shape::cpu ? "stencil_cpu" : "stencil_gpu"}};
  });
}

nd_range range_for(const primitive& p, const extent& size) {
  const std::size_t rows = size[0] * size[1];
  if (p.shape == shape::cpu) return nd_range({divide_up(size[2], p.tuning["tile"]), rows}).local({1, 1});
  const std::size_t group = p.tuning["group"];
  return nd_range({divide_up(size[2], group) * group, rows}).local({group, 1});
}

template <class T> std::array<T, 16> half_of(const stencil_weights& weights, std::size_t first) {
  std::array<T, 16> half{};
  for (std::size_t i = 0; i < 16; ++i) half[i] = static_cast<T>(weights.values[first + i]);
  return half;
}

template <class T>
future<void> launch(const placement& where, const primitive& p, const extent& size,
                    const stencil_weights& weights, const flat& from, const flat& to) {
  return where.owner().launch(p.kernels[0], range_for(p, size), std::uint64_t{size[0]},
                              std::uint64_t{size[1]}, std::uint64_t{size[2]}, half_of<T>(weights, 0),
                              half_of<T>(weights, 16), in(from.bytes), out(to.bytes));
}

} // namespace

future<void> stencil(const placement& where, const extent& size, const stencil_weights& weights,
                     const flat& in, const flat& out, border beyond) {
  check(size, in, out);
  const primitive& p = program_for(where, in.type, weights.points, beyond);
  if (in.size() == 0) return nothing_to_do(where);
  const flat from = readable(where, in);
  const writable to(where, out);
  return to.finish(in.type == scalar::f32 ? launch<float>(where, p, size, weights, from, to.memory())
                                          : launch<double>(where, p, size, weights, from, to.memory()));
}

} // namespace clotho::detail
