#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clotho::job::detail {

/// An event as it stands in a file.
struct trace_event {
  char phase = 0;
  std::string process, thread, name, category, id;
  std::optional<std::int64_t> when, duration; // nanoseconds
  bool encloses = false;                      // "bp": "e"
  // From "args".
  std::optional<std::uint64_t> bytes, span, from, to;
  std::optional<std::int64_t> sort_index;
  std::string label;                                   // its "name"
  std::vector<std::pair<std::string, double>> numbers; // every number, for counters
};

/// What stands beside the events.
struct trace_origin {
  std::string producer;
  std::uint64_t dropped = 0;
};

/// Calls `on_event` for every event of the document. Throws format_error with the line for what is no JSON or
/// no trace; what `on_event` throws as argument_error becomes a format_error with the event's line.
trace_origin read_trace_events(std::string_view text, std::string_view file,
                               const std::function<void(const trace_event&)>& on_event);

} // namespace clotho::job::detail
