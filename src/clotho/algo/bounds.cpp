// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/bounds.hpp>

#include <string>

#include <clotho/algo/detail/key_order.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/bounds.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t item_tile = 1024; // as cl/bounds.cl has it

const char* name_of(bound_kind which) { return which == bound_kind::lower ? "lower_bound" : "upper_bound"; }

const primitive& primitive_of(const placement& where, scalar key, scalar place) {
  const auto variant =
      std::uint64_t{is_floating(key)} << 16 | std::uint64_t{size_bytes(key)} << 8 | size_bytes(place);
  return primitive_for(where, {kernels::bounds, variant}, "bounds", key, [&](const parameters& tuning) {
    primitive_request wanted{key_macros(key), {tuning.shape() == shape::cpu ? "bounds_cpu" : "bounds_gpu"}};
    wanted.defines.emplace_back("I", opencl_name({place, 1}));
    return wanted;
  });
}

void check(bound_kind which, const flat& keys, const flat& needles, const flat& places) {
  const std::string name = name_of(which);
  check_same_count(name, "needles", needles, "places", places);
  check_apart(name + ": keys and places", keys, places);
  check_apart(name + ": needles and places", needles, places);
  if (places.type == scalar::u32 && keys.size() > UINT32_MAX)
    throw argument_error(name + ": " + std::to_string(keys.size()) + " keys need places of 64 bits");
}

} // namespace

future<void> find_bounds(const placement& where, bound_kind which, const flat& keys, const flat& needles,
                         const flat& places, const sort_options& how) {
  check(which, keys, needles, places);
  check_bits(name_of(which), keys.type, how);
  if (needles.size() == 0) return nothing_to_do(where);
  if (keys.size() == 0) return where.owner().fill(places.bytes, std::byte{0});
  const primitive& with = primitive_of(where, keys.type, places.type);
  const std::uint64_t count = needles.size();
  const nd_range range = with.shape == shape::cpu ? one_by_one(divide_up(count, item_tile)) : nd_range(count);
  const key_order order = order_of(keys.type, how);
  const writable target(where, places);
  return target.finish(where.owner().launch(with.kernels[0], range, in(readable(where, keys).bytes),
                                            in(readable(where, needles).bytes), out(target.memory().bytes),
                                            std::uint64_t{keys.size()}, count, order.flip, order.mask,
                                            std::uint32_t{which == bound_kind::upper}));
}

} // namespace clotho::detail
