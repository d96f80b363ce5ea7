// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/lane_choice.hpp>

#include <vector>

#include <clotho/flow/detail/flow_memory.hpp>

namespace clotho::detail {

lane* best_lane(std::span<lane* const> lanes, std::span<const flow_access> accesses) {
  std::vector<std::size_t> bytes(lanes.size());
  for (const flow_access& one : accesses) one.memory->add_bytes_on(one.where, bytes);
  const auto better = [&](lane& a, lane& b) {
    if (bytes[a.index()] != bytes[b.index()]) return bytes[a.index()] > bytes[b.index()];
    return a.load().load(std::memory_order_relaxed) < b.load().load(std::memory_order_relaxed);
  };
  lane* best = nullptr;
  for (lane* const one : lanes)
    if (one->is_open() && (best == nullptr || better(*one, *best))) best = one;
  return best;
}

void note_lane(const lane& chosen, std::span<const flow_access> accesses) {
  for (const flow_access& one : accesses) one.memory->note_lane(one.where, chosen.index());
}

} // namespace clotho::detail
