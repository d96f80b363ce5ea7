#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <sys/types.h>

#include <chrono>
#include <vector>

namespace clotho::bench {

/// Below this much work of others a measurement counts as quiet.
inline constexpr double quiet_cores = 0.08;

/// How much of the machine others used while it lived: benchmarks on a busy machine measure the machine.
class load_meter {
 public:
  /// Work of this process, of children it has waited for, and of the running `peers` is ours.
  explicit load_meter(std::vector<pid_t> peers = {});

  /// Processor time of all other processes since construction, hypervisor included, in cores: 1 is one whole
  /// core. 0 where the system does not tell.
  [[nodiscard]] double others() const;

 private:
  [[nodiscard]] double own_seconds() const;

  std::vector<pid_t> peers_;
  std::chrono::steady_clock::time_point begin_;
  double busy_ = 0, own_ = 0;
};

} // namespace clotho::bench
