#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <string>
#include <vector>

#include <clotho/job/trace_file.hpp>

namespace clotho::job {

/// How a row of a trace spent its time.
struct row_summary {
  std::uint32_t row = 0;
  std::size_t spans = 0;
  trace_time busy{}; ///< in spans, except where the innermost one waits
};

/// All spans of one category and name.
struct group_summary {
  std::uint32_t name = 0, category = 0;
  std::size_t count = 0;
  trace_time total{}, median{}, longest{};
};

/// All transfers of one category.
struct traffic_summary {
  std::uint32_t category = 0;
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  trace_time busy{}; ///< while at least one that tells its bytes ran
  /// GB/s; 0 when nothing is known.
  [[nodiscard]] double rate() const noexcept;
};

/// What a trace amounts to. Sums stop at the largest number there is.
struct trace_summary {
  trace_time duration{};
  std::vector<row_summary> rows;     ///< in the trace's order
  std::vector<group_summary> groups; ///< those that take most time first; waits last
  std::vector<traffic_summary> traffic;
  trace_time busy{};      ///< at least one row is
  trace_time parallel{};  ///< at least two rows are
  trace_time transfers{}; ///< at least one transfer runs
  trace_time hidden{};    ///< of these: while a kernel runs
  /// The longest chain along the arrows: places in trace_data::spans. Time that two spans of it share counts
  /// once. Arrows against the order of begins are ignored. Empty without arrows.
  std::vector<std::uint32_t> critical_path;
  trace_time critical{}; ///< what its spans take
};

[[nodiscard]] trace_summary summarize(const trace_data& trace);

/// part / whole; 0 when there is no whole.
[[nodiscard]] double share(trace_time part, trace_time whole) noexcept;

} // namespace clotho::job
