// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/trace_clock.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

#include <clotho/core/error.hpp>

namespace clotho {
namespace {

using std::chrono::nanoseconds;

nanoseconds width(const clock_pair& pair) { return pair.after - pair.before; }
device_clock::time_point middle(const clock_pair& pair) { return pair.before + width(pair) / 2; }

const clock_pair* tightest(std::span<const clock_pair> pairs) {
  const clock_pair* best = nullptr;
  for (const clock_pair& pair : pairs)
    if (width(pair) >= nanoseconds{0} && (!best || width(pair) < width(*best))) best = &pair;
  return best;
}

// The rate that one other pair gives, and how wrong it may be.
struct estimate {
  double rate = 1;
  double error = std::numeric_limits<double>::infinity();
};

estimate compare(const clock_pair& origin, const clock_pair& other) {
  const auto apart = static_cast<double>((other.device - origin.device).count());
  if (apart == 0 || width(other) < nanoseconds{0}) return {};
  return {static_cast<double>(nanoseconds(middle(other) - middle(origin)).count()) / apart,
          static_cast<double>((width(other) + width(origin)).count()) / (2 * std::abs(apart))};
}

} // namespace

device_clock::device_clock(std::span<const clock_pair> pairs) {
  const clock_pair* const origin = tightest(pairs);
  if (!origin) throw argument_error("a device's clock needs at least one pair whose host times are in order");
  device_origin_ = origin->device;
  host_origin_ = middle(*origin);
  uncertainty_ = (width(*origin) + nanoseconds{1}) / 2;
  estimate best;
  for (const clock_pair& other : pairs)
    if (const estimate found = compare(*origin, other); found.error < best.error) best = found;
  constexpr double good_enough = 1e-5;
  // A rate that is not positive would turn time round: the device's clock was set back.
  if (best.error <= good_enough && best.rate > 0) rate_ = best.rate;
}

device_clock::time_point device_clock::to_host(nanoseconds device) const noexcept {
  const nanoseconds since = device - device_origin_;
  // The deviation apart, as a double cannot hold large times to the nanosecond.
  const double deviation = static_cast<double>(since.count()) * (rate_ - 1);
  return host_origin_ + since + nanoseconds(static_cast<std::int64_t>(std::floor(deviation)));
}

} // namespace clotho
