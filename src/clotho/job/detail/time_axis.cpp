// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/time_axis.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include <clotho/core/text.hpp>

namespace clotho::job::detail {
namespace {

std::int64_t round_step(std::int64_t at_least) {
  std::int64_t power = 1;
  while (power <= at_least / 10) power *= 10;
  for (const int factor : {1, 2, 5})
    if (power * factor >= at_least) return power * factor;
  return power * 10;
}

struct unit {
  const char* name;
  std::int64_t nanoseconds;
};
unit unit_of(trace_time duration) {
  constexpr std::array units{unit{"s", 1'000'000'000}, unit{"ms", 1'000'000}, unit{"us", 1000}};
  for (const unit& each : units)
    if (duration.count() >= each.nanoseconds) return each;
  return {"ns", 1};
}

// Exact: whole nanoseconds in a unit, as many digits behind the point as needed.
std::string in_unit(std::int64_t nanoseconds, const unit& of) {
  std::string result = std::to_string(nanoseconds / of.nanoseconds);
  std::string rest = std::to_string(of.nanoseconds + nanoseconds % of.nanoseconds).substr(1);
  rest.erase(rest.find_last_not_of('0') + 1);
  if (!rest.empty()) result += '.' + rest;
  return result + ' ' + of.name;
}

} // namespace

std::vector<axis_tick> time_ticks(trace_time duration, int most) {
  const std::int64_t step = round_step(std::max<std::int64_t>(1, duration.count() / std::max(most, 1)));
  const unit labels = unit_of(duration);
  std::vector<axis_tick> result;
  for (std::int64_t at = 0;; at += step) {
    result.push_back({trace_time(at), at == 0 ? "0" : in_unit(at, labels)});
    if (at > duration.count() - step) break;
  }
  return result;
}

std::string counter_text(std::string_view name, double value) {
  if (contains_ignoring_case(name, "byte") && value >= 0 && value < 1.8e19)
    return format_size(static_cast<std::uint64_t>(value));
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

} // namespace clotho::job::detail
