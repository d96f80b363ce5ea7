// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/extremum.hpp>

#include <string>

#include <clotho/algo/detail/fold.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/scalar_bits.hpp>
#include <clotho/algo/kernels/extremum.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t tile = 16384, group = 256; // as cl/extremum.cl has them

primitive_request describe(const placement& where, extreme which, scalar type, const parameters& tuning) {
  primitive_request wanted{type_macros(where, type, "argmin", "X"), {}};
  wanted.defines.emplace_back("ROW", opencl_name({integer_like(type, false), 1}));
  wanted.defines.emplace_back("MASK", opencl_name({integer_like(type, true), 1}));
  wanted.defines.emplace_back("BEFORE(a, b)", which == extreme::smallest ? "((a) < (b))" : "((a) > (b))");
  if (tuning.shape() == shape::cpu)
    wanted.kernels = {"extremum_cpu", "extremum_of_tiles_cpu"};
  else
    wanted.kernels = {"extremum_gpu", "extremum_of_tiles_gpu"};
  return wanted;
}

const primitive& primitive_of(const placement& where, extreme which, scalar type) {
  const auto variant = static_cast<std::uint64_t>(which) << 8 | static_cast<std::uint64_t>(type);
  return primitive_for(where, {kernels::extremum, variant}, "extremum", type,
                       [&](const parameters& tuning) { return describe(where, which, type, tuning); });
}

nd_range range(const primitive& with, std::size_t tiles) {
  return with.shape == shape::cpu ? one_by_one(tiles) : groups_of(group, tiles);
}

} // namespace

future<std::uint64_t> extremum(const placement& where, extreme which, const flat& x) {
  if (x.size() == 0) throw argument_error("argmin and argmax of no elements: there is no such index");
  const primitive& with = primitive_of(where, which, x.type);
  const std::uint64_t n = x.size(), tiles = divide_up(n, tile);
  const flat values = temporary(where, x.type, tiles), indices = temporary(where, scalar::u64, tiles);
  where.owner().launch(with.kernels[0], range(with, tiles), in(readable(where, x).bytes), out(values.bytes),
                       out(indices.bytes), n);
  if (tiles == 1) return only_element<std::uint64_t>(where, indices);
  const flat best = temporary(where, scalar::u64, 1);
  where.owner().launch(with.kernels[1], range(with, 1), in(values.bytes), in(indices.bytes), out(best.bytes),
                       tiles);
  return only_element<std::uint64_t>(where, best);
}

} // namespace clotho::detail
