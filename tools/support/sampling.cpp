// SPDX-License-Identifier: Apache-2.0
#include "support/sampling.hpp"

#include <algorithm>

#include "support/statistics.hpp"

namespace clotho::tool {
namespace {

constexpr std::size_t hopeless_launches = 3;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// Clocks may be too coarse to see a launch; a time of nothing has no rate.
double sample_of(std::chrono::nanoseconds launch) {
  return seconds(std::max(launch, std::chrono::nanoseconds(1)));
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

} // namespace

void sampling::warm(double sample, double elapsed) {
  ++warmup_;
  batch_.push_back(sample);
  if (batch_.size() == batch_size_) {
    const double median = median_of(batch_);
    warm_ = batch_size_ > 1 && median >= 0.98 * former_median_;
    former_median_ = median;
    batch_size_ *= 2;
    batch_.clear();
  }
  warm_ = warm_ || elapsed >= within_.seconds / 4;
  warm_at_ = elapsed;
}

bool sampling::add(double sample, double elapsed) {
  if (!warm_) {
    warm(sample, elapsed);
    return true;
  }
  samples_.push_back(sample);
  const std::size_t count = samples_.size();
  if (count < within_.least) return true;
  if (count >= within_.most || elapsed >= within_.seconds) return false;
  if (count < next_look_ || elapsed - warm_at_ < within_.seconds / 10) return true;
  next_look_ = count + count / 8 + 1;
  return !is_stable();
}

bool sampling::is_stable() const {
  return !samples_.empty() && describe(samples_).uncertainty() <= within_.precision;
}

bool launch_sampling::add(std::chrono::nanoseconds launch) {
  const auto now = std::chrono::steady_clock::now();
  if (!begin_) begin_ = now - launch;
  const double taken = sample_of(launch);
  fastest_ = launches_++ == 0 ? taken : std::min(fastest_, taken);
  const bool is_hopeless = hopeless_above_ && launches_ >= hopeless_launches && fastest_ > *hopeless_above_;
  return all_.add(taken, seconds(now - *begin_)) && !is_hopeless;
}

std::vector<double> launch_sampling::samples() const {
  return all_.samples().empty() ? std::vector<double>{fastest_} : all_.samples();
}

} // namespace clotho::tool
