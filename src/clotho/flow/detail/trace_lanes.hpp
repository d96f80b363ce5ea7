#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <vector>

namespace clotho::detail {

/// Spreads the spans of one track over as few lanes as it takes for the spans of a lane to nest or follow one
/// another. Spans come in the order of their begins, the longer one first where these are equal.
class trace_lanes {
 public:
  /// More spans than this that half overlap at one moment share the last lane.
  static constexpr std::size_t most = 64;

  /// The lane for the next span.
  [[nodiscard]] std::size_t put(std::int64_t begin, std::int64_t end) {
    for (std::size_t lane = 0;; ++lane) {
      if (lane == lanes_.size()) lanes_.emplace_back();
      std::vector<std::int64_t>& open = lanes_[lane];
      while (!open.empty() && open.back() <= begin) open.pop_back();
      if (!open.empty() && open.back() < end && lane + 1 < most) continue;
      open.push_back(end);
      return lane;
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return lanes_.size(); }

 private:
  std::vector<std::vector<std::int64_t>> lanes_; // ends of the spans that are open, outermost first
};

} // namespace clotho::detail
