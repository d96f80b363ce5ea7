#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <vector>

#include <clotho/job/trace_file.hpp>

namespace clotho::job::detail {

struct axis_tick {
  trace_time when{};
  std::string label;
};

/// At most about `most` round times from 0 to `duration`, 1, 2 or 5 times a power of ten apart, all in one
/// unit.
[[nodiscard]] std::vector<axis_tick> time_ticks(trace_time duration, int most);

/// A counter's value: as a size where its name says bytes.
[[nodiscard]] std::string counter_text(std::string_view name, double value);

} // namespace clotho::job::detail
