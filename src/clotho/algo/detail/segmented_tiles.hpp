#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <clotho/algo/detail/flat.hpp>
#include <clotho/algo/detail/primitive.hpp>
#include <clotho/flow/flow_argument.hpp>

namespace clotho::detail {

/// The three launches of cl/segmented_scan.cl.
class segmented_tiles {
 public:
  /// The kernels, for a primitive_request.
  [[nodiscard]] static std::vector<std::string> kernels(clotho::shape shape);

  segmented_tiles(const placement& where, const primitive& with, scalar type, std::uint64_t n);
  /// What the first launch reads, and what the last one reads and writes.
  future<void> launch(std::span<const flow_argument> reads, std::span<const flow_argument> all,
                      std::uint32_t exclusive) const;

 private:
  [[nodiscard]] nd_range range(std::size_t count) const;

  const placement& where_;
  const primitive& with_;
  std::uint64_t n_, tiles_;
  flat sums_, cut_;
};

} // namespace clotho::detail
