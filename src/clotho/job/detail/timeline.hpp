#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <vector>

#include <clotho/job/trace_file.hpp>

namespace clotho::job::detail {

/// A rectangle of the timeline: a span, or neighbours of one row and depth too narrow to be seen apart.
struct timeline_block {
  trace_time begin{}, end{};
  trace_time busy{};      ///< what its spans take
  std::uint32_t span = 0; ///< one that stands for them: of the category that takes most
  std::uint32_t depth = 0;
  std::uint32_t count = 1; ///< spans drawn together
};

struct timeline_row {
  std::uint32_t row = 0;    ///< in trace_data::rows
  std::uint32_t levels = 1; ///< depths it shows
  std::vector<timeline_block> blocks;
};

struct timeline {
  static constexpr std::uint32_t deepest = 8;        ///< levels shown of a row
  static constexpr std::size_t most_arrows = 2000;   ///< drawn at most, of the critical path and of others
  static constexpr std::size_t most_rows = 256;      ///< rows shown
  static constexpr std::size_t most_blocks = 30'000; ///< as far as a picture `width` pixels wide can do with

  std::vector<timeline_row> rows;
  std::size_t rows_left_out = 0;
  std::size_t spans_left_out = 0; ///< too deep
};

/// What to draw. Spans narrower than a part of a pixel are drawn together: as small a part as `most_blocks`
/// allows, so that small traces keep every span for those who zoom.
[[nodiscard]] timeline lay_out(const trace_data& trace, unsigned width);

} // namespace clotho::job::detail
