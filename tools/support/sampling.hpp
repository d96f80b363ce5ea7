#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace clotho::tool {

/// When enough launches have been timed. It is told each launch's time, in their order.
///
/// Warming up: batches of 1, 2, 4, ... launches, until one's median is not less than 98 % of the one before
/// it: caches, clocks and a driver's own learning have settled. Then samples, until the median is known to
/// within `precision`, and for a tenth of the time at least: noise comes in waves.
class sampling {
 public:
  struct limits {
    double seconds = 1;       ///< for all, a quarter of it for warming up
    double precision = 0.01;  ///< of the median's interval at 95 %, relative
    std::size_t least = 10;   ///< samples taken even when that takes longer
    std::size_t most = 10000; ///< samples
  };
  explicit sampling(const limits& within) : within_(within) {}

  /// `sample`: what the launch took, `elapsed`: since the first one began; seconds. False: enough.
  [[nodiscard]] bool add(double sample, double elapsed);

  [[nodiscard]] const std::vector<double>& samples() const noexcept { return samples_; }
  /// Launches before the first sample.
  [[nodiscard]] std::size_t warmup() const noexcept { return warmup_; }
  /// Whether the precision was reached.
  [[nodiscard]] bool is_stable() const;

 private:
  void warm(double sample, double elapsed);

  limits within_;
  bool warm_ = false;
  std::size_t warmup_ = 0;
  std::vector<double> batch_; ///< while warming up
  std::size_t batch_size_ = 1;
  double former_median_ = 0, warm_at_ = 0;
  std::vector<double> samples_;
  std::size_t next_look_ = 0; ///< sorting after each sample would cost more than the launches
};

/// A sampling of launches that end now, one after the other; given up when none of the first few was as fast
/// as it may be.
class launch_sampling {
 public:
  /// `hopeless_above`: seconds.
  explicit launch_sampling(const sampling::limits& within, std::optional<double> hopeless_above = {})
      : all_(within), hopeless_above_(hopeless_above) {}

  /// A launch has taken so long. False: enough.
  [[nodiscard]] bool add(std::chrono::nanoseconds launch);

  [[nodiscard]] const sampling& all() const noexcept { return all_; }
  /// Seconds; when it was given up while warming up, the fastest. Not empty after the first launch.
  [[nodiscard]] std::vector<double> samples() const;

 private:
  sampling all_;
  std::optional<double> hopeless_above_;
  std::optional<std::chrono::steady_clock::time_point> begin_;
  double fastest_ = 0;
  std::size_t launches_ = 0;
};

} // namespace clotho::tool
