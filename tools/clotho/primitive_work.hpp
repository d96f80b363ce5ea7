#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/element_type.hpp>
#include <clotho/flow/runtime.hpp>

namespace clotho::tool {

/// A call of a primitive through clotho's public functions, on data of its own, and what its result must be.
class primitive_work {
 public:
  virtual ~primitive_work() = default;
  /// Puts the input back, and something else where the result will be. Blocks.
  virtual void prepare() = 0;
  /// The call itself. Blocks. Throws its failure.
  virtual void run() = 0;
  /// How the result of the last run differs from that of a plain loop; for random numbers, from that of the
  /// first run. Empty: not at all, to the bit but for n_body, whose sums are rounded.
  [[nodiscard]] virtual std::string wrong() = 0;
};

/// How primitives are called to be tuned.
struct primitive_work_kind {
  std::string_view primitive;
  std::vector<scalar> types;  ///< that it can be tuned for; the first ones that matter most
  std::size_t usual_size = 0; ///< elements; of matrices and images the side, of n_body bodies
  std::unique_ptr<primitive_work> (*make)(const runtime& rt, scalar type, std::size_t size) = nullptr;
};

/// Those that have numbers besides their shape, by name.
[[nodiscard]] const std::vector<primitive_work_kind>& primitive_work_kinds();

} // namespace clotho::tool
