#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/flow/detail/trace_buffer.hpp>

namespace clotho::detail {

/// What a trace holds at one moment.
struct trace_content {
  std::string process_name;
  std::uint32_t process = 1;
  std::vector<std::string> tracks, counters;
  std::vector<const trace_buffer*> buffers;
  std::uint64_t dropped = 0;
};

/// The content as trace-event JSON, in pieces of some 64 KiB. One event a line, a track's spans in the order
/// of their begins. What threads record meanwhile is in it or not.
void write_trace(const trace_content& content, const std::function<void(std::string_view)>& out);

} // namespace clotho::detail
