// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/segmented_tiles.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t item_tile = 16384, group = 256,
                      group_tile = 8 * group; // as cl/segmented_scan.cl has them

} // namespace

std::vector<std::string> segmented_tiles::kernels(clotho::shape shape) {
  if (shape == shape::cpu) return {"segmented_sums_cpu", "segmented_carries_cpu", "segmented_down_cpu"};
  return {"segmented_sums_gpu", "segmented_carries_gpu", "segmented_down_gpu"};
}

segmented_tiles::segmented_tiles(const placement& where, const primitive& with, scalar type, std::uint64_t n)
    : where_(where), with_(with), n_(n),
      tiles_(divide_up(n, with.shape == shape::cpu ? item_tile : group_tile)),
      sums_(temporary(where, type, tiles_)), cut_(temporary(where, scalar::u32, tiles_)) {}

nd_range segmented_tiles::range(std::size_t count) const {
  return with_.shape == shape::cpu ? one_by_one(count) : groups_of(group, count);
}

future<void> segmented_tiles::launch(std::span<const flow_argument> reads, std::span<const flow_argument> all,
                                     std::uint32_t exclusive) const {
  const runtime& rt = where_.owner();
  std::vector<flow_argument> first(reads.begin(), reads.end()), last(all.begin(), all.end());
  first.insert(first.end(), {out(sums_.bytes), out(cut_.bytes), n_});
  last.insert(last.end(), {in(sums_.bytes), exclusive, n_});
  rt.launch(with_.kernels[0], range(tiles_), std::span<const flow_argument>(first));
  rt.launch(with_.kernels[1], range(1), inout(sums_.bytes), in(cut_.bytes), tiles_);
  return rt.launch(with_.kernels[2], range(tiles_), std::span<const flow_argument>(last));
}

} // namespace clotho::detail
