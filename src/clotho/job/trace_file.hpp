#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clotho::job {

/// Times in a trace_data: since its first moment.
using trace_time = std::chrono::nanoseconds;

/// A row: what ran one after the other, or nested.
struct trace_row {
  std::string process; ///< empty when the trace has only one
  std::string name;
  std::size_t first_span = 0, last_span = 0; ///< its part of trace_data::spans
};

/// What a span was spent on, as far as its category tells. Other programs have words of their own.
enum class trace_role : std::uint8_t { work, kernel, transfer, wait };

struct trace_piece {
  static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

  trace_time begin{}, end{};
  std::uint32_t row = 0;
  std::uint32_t name = 0;      ///< in trace_data::names
  std::uint32_t category = 0;  ///< in trace_data::categories
  std::uint32_t parent = none; ///< the span of the same row that it lies in
  std::uint32_t depth = 0;     ///< in how many spans of its row it lies
  std::uint64_t bytes = 0;     ///< what it moved, if it tells
};

/// One span waited for another: places in trace_data::spans.
struct trace_arrow {
  std::uint32_t from = 0, to = 0;
};

struct trace_category_name {
  std::string name;
  trace_role role = trace_role::work;
};

/// A value over time, in the order of time.
struct trace_curve {
  std::string name;
  std::vector<std::pair<trace_time, double>> points;
};

/// A recorded trace.
struct trace_data {
  std::string producer; ///< empty when the file does not tell
  std::vector<trace_row> rows;
  std::vector<std::string> names;
  std::vector<trace_category_name> categories;
  /// Row by row, each in the order of begins; what contains others first.
  std::vector<trace_piece> spans;
  std::vector<trace_arrow> arrows;
  std::vector<trace_curve> curves;
  trace_time duration{}; ///< from the first event to the end of the last

  std::uint64_t dropped = 0;    ///< what the recorder had no memory for
  std::uint64_t left_out = 0;   ///< events of kinds that are not shown: instants, asynchronous ones, samples
  std::uint64_t incomplete = 0; ///< ends without a begin and the reverse, arrows without a span
};

/// Reads Chrome trace-event JSON: an object with "traceEvents", or the events' array alone, whose end may be
/// missing. Spans are "X" events and pairs of "B" and "E"; arrows are "s", "t" and "f". Spans of a thread
/// that half overlap get rows of their own. Throws io_error, and format_error with the line for what is no
/// JSON, no trace, has no span, or times that cannot be.
[[nodiscard]] trace_data read_trace(const std::filesystem::path& file);
/// The same for a text; `file` is the name for messages.
[[nodiscard]] trace_data parse_trace(std::string_view text, std::string_view file);

} // namespace clotho::job
