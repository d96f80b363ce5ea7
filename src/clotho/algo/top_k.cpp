// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/top_k.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include <clotho/algo/detail/key_order.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/detail/scalar_bits.hpp>
#include <clotho/algo/kernels/top_k.hpp>
#include <clotho/algo/sort.hpp>
#include <clotho/core/error.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

namespace {

// As cl/top_k.cl has them.
constexpr std::size_t item_tile = 16384, group = 64;
constexpr std::size_t least_block = 64, blocks_of_tile = 4; // for less, blocks save nothing

// In the order of the request.
enum kernel_place : std::size_t { best_kernel, gather_kernel, pick_kernel };

const primitive& primitive_of(const placement& where, scalar key, scalar place) {
  const auto variant =
      std::uint64_t{is_floating(key)} << 16 | std::uint64_t{size_bytes(key)} << 8 | size_bytes(place);
  return primitive_for(where, {kernels::top_k, variant}, "top_k", key, [&](const parameters& tuning) {
    primitive_request wanted{key_macros(key), {"top_k_best_gpu", "top_k_gather_gpu", "top_k_pick_gpu"}};
    if (tuning.shape() == shape::cpu)
      wanted.kernels = {"top_k_best_cpu", "top_k_gather_cpu", "top_k_pick_cpu"};
    wanted.defines.emplace_back("I", opencl_name({place, 1}));
    return wanted;
  });
}

nd_range range_of(const primitive& with, std::uint64_t count) {
  return with.shape == shape::cpu ? one_by_one(divide_up(count, item_tile))
                                  : groups_of(group, divide_up(count, group));
}

// What is read, and how much of it is wanted.
struct top_call {
  const placement& where;
  const primitive& with;
  flat x;
  scalar place;
  std::uint64_t k;
  sort_options order;

  [[nodiscard]] std::uint64_t flip() const { return order_of(x.type, order).flip; }
  [[nodiscard]] scalar rank() const { return integer_like(x.type, false); }
};

// As many elements in a block as there are blocks for each that is wanted: what is sorted is least then.
std::uint32_t block_for(std::uint64_t n, std::uint64_t k) {
  const auto best = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(n) / static_cast<double>(k)));
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(std::bit_floor(best), least_block, item_tile));
}

bool sorts_all(const top_call& call) {
  const std::uint64_t n = call.x.size();
  return n <= call.with.tuning["small"] || call.k > n / (least_block * blocks_of_tile);
}

// The numbers of the k best blocks, in ascending order, so that equal elements stay in theirs.
flat best_blocks(const top_call& call, std::uint32_t block) {
  const std::uint64_t n = call.x.size(), blocks = divide_up(n, block);
  const flat best = temporary(call.where, call.rank(), blocks),
             order = temporary(call.where, scalar::u32, blocks);
  const nd_range range =
      call.with.shape == shape::cpu ? one_by_one(divide_up(n, item_tile)) : groups_of(group, blocks);
  call.where.owner().launch(call.with.kernels[best_kernel], range, in(call.x.bytes), out(best.bytes), n,
                            block, call.flip());
  argsort(call.where, best, order, {});
  flat chosen = order.slice(0, call.k);
  sort(call.where, chosen, {});
  return chosen;
}

// Where the first k are, at the front; behind them are others.
flat places_by_blocks(const top_call& call) {
  const std::uint32_t block = block_for(call.x.size(), call.k);
  const flat blocks = best_blocks(call, block);
  const std::uint64_t count = call.k * block, n = call.x.size();
  const flat keys = temporary(call.where, call.rank(), count);
  flat places = temporary(call.where, call.place, count);
  call.where.owner().launch(call.with.kernels[gather_kernel], range_of(call.with, count), in(call.x.bytes),
                            in(blocks.bytes), out(keys.bytes), out(places.bytes), n, block, count,
                            call.flip());
  sort_by_key(call.where, keys, {places.bytes, size_bytes(places.type)}, {});
  return places;
}

flat places_by_sorting(const top_call& call) {
  flat places = temporary(call.where, call.place, call.x.size());
  argsort(call.where, call.x, places, call.order);
  return places;
}

// Whoever does not ask for places need not pay for carrying them.
future<void> values_by_sorting(const top_call& call, const flat& values) {
  const flat all = temporary(call.where, call.x.type, call.x.size());
  call.where.owner().copy(call.x.bytes, all.bytes);
  sort(call.where, all, call.order);
  return call.where.owner().copy(all.slice(0, call.k).bytes, values.bytes);
}

void check(const flat& x, const flat& values, const std::optional<flat>& indices) {
  if (values.size() > x.size())
    throw argument_error("top_k: " + std::to_string(values.size()) + " of " + std::to_string(x.size())
                         + " elements");
  check_apart("top_k: x and values", x, values);
  if (!indices) return;
  check_same_count("top_k", "values", values, "indices", *indices);
  check_apart("top_k: x and indices", x, *indices);
  check_apart("top_k: values and indices", values, *indices);
  if (indices->type == scalar::u32 && x.size() > UINT32_MAX)
    throw argument_error("top_k: " + std::to_string(x.size()) + " elements need indices of 64 bits");
}

scalar place_type(const flat& x, const std::optional<flat>& indices) {
  if (indices) return indices->type;
  return x.size() > UINT32_MAX ? scalar::u64 : scalar::u32;
}

} // namespace

future<void> top_k(const placement& where, const flat& x, const flat& values,
                   const std::optional<flat>& indices, const top_k_options& how) {
  check(x, values, indices);
  if (values.size() == 0) return nothing_to_do(where);
  const scalar place = place_type(x, indices);
  const primitive& with = primitive_of(where, x.type, place);
  const top_call call{where, with, readable(where, x), place, values.size(), {.descending = !how.smallest}};
  const bool whole = sorts_all(call);
  if (whole && !indices) return values_by_sorting(call, values);
  const flat places = whole ? places_by_sorting(call) : places_by_blocks(call);
  const writable to(where, values);
  std::optional<writable> indices_to;
  if (indices) indices_to.emplace(where, *indices);
  future<void> last = to.finish(where.owner().launch(
      with.kernels[pick_kernel], range_of(with, call.k), in(call.x.bytes), in(places.bytes),
      out(to.memory().bytes),
      indices ? flow_argument(out(indices_to->memory().bytes)) : flow_argument(nullptr), call.k));
  return indices ? indices_to->finish(std::move(last)) : std::move(last);
}

} // namespace clotho::detail
