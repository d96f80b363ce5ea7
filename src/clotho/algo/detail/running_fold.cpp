// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/running_fold.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include <clotho/algo/detail/operator_macros.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/algo/kernels/scan.hpp>

namespace clotho::detail {

namespace {

// In the order of describe().
enum kernel_place : std::size_t { sums, down, one, chain };

// As cl/scan.cl has it.
constexpr std::size_t group = 256;
std::size_t group_tile(scalar type) { return group * (size_bytes(type) == 8 ? 4 : 8); }

struct scan_call {
  const placement& where;
  const primitive& with;
  const scalar_bits &initial, &neutral;
  std::size_t tile;

  [[nodiscard]] bool is_cpu() const noexcept { return with.shape == shape::cpu; }
  [[nodiscard]] nd_range tiles(std::size_t n) const {
    return is_cpu() ? one_by_one(divide_up(n, tile)) : groups_of(group, divide_up(n, tile));
  }
  [[nodiscard]] const runtime& owner() const noexcept { return where.owner(); }
  // What has just been read is in the caches.
  [[nodiscard]] std::uint32_t streams(const flat& x, const flat& y) const {
    return !overlap(x, y) && writes_past_caches(with.tuning, y.bytes.size()) ? 1 : 0;
  }
};

std::size_t tile_of(const parameters& tuning, scalar type) {
  if (tuning.shape() == shape::gpu) return group_tile(type);
  return std::max<std::size_t>(tuning["tile_bytes"] / size_bytes(type) / 64 * 64, 64);
}

primitive_request describe(const placement& where, operation op, scalar type, const parameters& tuning) {
  primitive_request wanted{type_macros(where, type, "scan"),
                           {"scan_sums_gpu", "scan_down_gpu", "scan_one_gpu"}};
  for (auto& macro : operator_macros(op, type)) wanted.defines.push_back(std::move(macro));
  if (tuning.shape() == shape::gpu) return wanted;
  wanted.defines.emplace_back("TILE", std::to_string(tile_of(tuning, type)));
  wanted.kernels = {"scan_sums_cpu", "scan_down_cpu", "scan_one_cpu", "scan_chain_cpu"};
  return wanted;
}

const primitive& primitive_of(const placement& where, operation op, scalar type) {
  const auto variant = static_cast<std::uint64_t>(op) << 8 | static_cast<std::uint64_t>(type);
  return primitive_for(where, {kernels::scan, variant}, "scan", type,
                       [&](const parameters& tuning) { return describe(where, op, type, tuning); });
}

future<void> scan_chain(const scan_call& call, const flat& x, const flat& y, std::uint32_t exclusive) {
  const std::size_t tiles = divide_up(x.size(), call.tile);
  const flat carries = temporary(call.where, x.type, tiles), totals = temporary(call.where, x.type, tiles),
             states = temporary(call.where, scalar::u32, tiles + 1);
  call.owner().fill(states.bytes, std::byte{0});
  return call.owner().launch(call.with.kernels[chain], call.tiles(x.size()), in(x.bytes), out(y.bytes),
                             out(carries.bytes), out(totals.bytes), inout(states.bytes),
                             call.initial.argument(), call.neutral.argument(), exclusive, call.streams(x, y),
                             std::uint64_t{x.size()});
}

future<void> scan_flat(const scan_call& call, const flat& x, const flat& y, std::uint32_t exclusive) {
  const std::uint64_t n = x.size();
  if (n <= call.tile * (call.is_cpu() ? 2 : 1))
    return call.owner().launch(call.with.kernels[one], call.is_cpu() ? one_by_one(1) : groups_of(group, 1),
                               in(x.bytes), out(y.bytes), call.initial.argument(), call.neutral.argument(),
                               exclusive, call.streams(x, y), n);
  if (call.is_cpu() && call.with.tuning["single_pass"] != 0) return scan_chain(call, x, y, exclusive);
  const flat carries = temporary(call.where, x.type, divide_up(n, call.tile));
  call.owner().launch(call.with.kernels[sums], call.tiles(n), in(x.bytes), out(carries.bytes), n);
  scan_flat(call, carries, carries, 1);
  return call.owner().launch(call.with.kernels[down], call.tiles(n), in(x.bytes), out(y.bytes),
                             in(carries.bytes), call.neutral.argument(), exclusive, call.streams(x, y), n);
}

} // namespace

void check_scan_places(const flat& x, const flat& y) {
  check_same_count("scan", "x", x, "y", y);
  if (x.bytes.access(access_mode::in).where.begin == y.bytes.access(access_mode::in).where.begin) return;
  check_apart("scan: x and y, which are not the same,", x, y);
}

future<void> running_fold(const placement& where, operation op, scan_form form, const flat& x, const flat& y,
                          const scalar_bits& initial) {
  check_scan_places(x, y);
  require_type(where, x.type, "scan");
  if (x.size() == 0) return nothing_to_do(where);
  const primitive& with = primitive_of(where, op, x.type);
  const writable target(where, y);
  const scalar_bits neutral = neutral_of(op, x.type);
  const scan_call call{where, with, initial, neutral, tile_of(with.tuning, x.type)};
  return target.finish(
      scan_flat(call, readable(where, x), target.memory(), form == scan_form::exclusive ? 1 : 0));
}

} // namespace clotho::detail
