#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <clotho/flow/runtime.hpp>

#include "primitive_work.hpp"
#include "tuner.hpp"

namespace clotho::tool {

/// Choices of a primitive's numbers, on a runtime's first device. Right is what a plain loop calculates. Of
/// several sizes a sample is the geometric mean of one call of each, so that all count alike.
class primitive_trials : public tune_trials {
 public:
  /// Borrows `rt` and `stop`. Throws what making the data throws.
  primitive_trials(const runtime& rt, const primitive_work_kind& kind, scalar type,
                   const std::vector<std::size_t>& sizes, const std::atomic<bool>& stop);

  [[nodiscard]] tune_trial run(const job::tuning_choice& choice, double seconds,
                               std::optional<double> hopeless_above) override;

 private:
  [[nodiscard]] std::string wrong();
  [[nodiscard]] std::chrono::nanoseconds sample();

  const runtime& rt_;
  std::string primitive_;
  scalar type_;
  std::vector<std::size_t> sizes_;
  std::vector<std::unique_ptr<primitive_work>> works_;
  const std::atomic<bool>& stop_;
};

} // namespace clotho::tool
