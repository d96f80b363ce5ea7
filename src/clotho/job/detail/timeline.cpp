// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/timeline.hpp>

#include <algorithm>
#include <array>

namespace clotho::job::detail {
namespace {

// Spans shorter than `grain` are drawn together, up to that width.
class row_merger {
 public:
  row_merger(const trace_data& trace, trace_time grain) : trace_(trace), grain_(grain) {}

  timeline_row merge(std::uint32_t number) {
    row_ = {number, 1, {}};
    for (level& each : levels_) each.open = none;
    const trace_row& row = trace_.rows[number];
    for (std::size_t i = row.first_span; i < row.last_span; ++i) add(static_cast<std::uint32_t>(i));
    return std::move(row_);
  }
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // A depth, with the block that may grow, and what its categories take.
  struct level {
    std::size_t open = none;
    std::vector<std::pair<std::uint32_t, trace_time>> taken;
  };

  void add(std::uint32_t place) {
    const trace_piece& span = trace_.spans[place];
    if (span.depth >= timeline::deepest) {
      ++left_out_;
      return;
    }
    row_.levels = std::max(row_.levels, span.depth + 1);
    level& own = levels_[span.depth];
    if (own.open != none && span.end - row_.blocks[own.open].begin < grain_) {
      extend(own, place);
      return;
    }
    const trace_time length = span.end - span.begin;
    row_.blocks.push_back({span.begin, span.end, length, place, span.depth, 1});
    own.open = length < grain_ ? row_.blocks.size() - 1 : none;
    own.taken.assign(1, {span.category, length});
  }

  void extend(level& own, std::uint32_t place) {
    timeline_block& block = row_.blocks[own.open];
    const trace_piece& span = trace_.spans[place];
    const trace_time length = span.end - span.begin;
    block.end = std::max(block.end, span.end);
    block.busy += length;
    ++block.count;
    const trace_time now = taken_by(own, span.category) += length;
    if (now > taken_by(own, trace_.spans[block.span].category)) block.span = place;
  }
  static trace_time& taken_by(level& own, std::uint32_t category) {
    for (auto& [known, time] : own.taken)
      if (known == category) return time;
    return own.taken.emplace_back(category, trace_time{0}).second;
  }

  const trace_data& trace_;
  trace_time grain_;
  timeline_row row_;
  std::array<level, timeline::deepest> levels_;
  std::size_t left_out_ = 0;
};

timeline lay_out_with(const trace_data& trace, trace_time grain) {
  timeline result;
  row_merger merger(trace, grain);
  const std::size_t count = std::min(trace.rows.size(), timeline::most_rows);
  for (std::uint32_t row = 0; row < count; ++row) result.rows.push_back(merger.merge(row));
  result.rows_left_out = trace.rows.size() - count;
  result.spans_left_out = merger.left_out();
  return result;
}

std::size_t count_blocks(const timeline& drawn) {
  std::size_t count = 0;
  for (const timeline_row& row : drawn.rows) count += row.blocks.size();
  return count;
}

} // namespace

timeline lay_out(const trace_data& trace, unsigned width) {
  const trace_time pixel = std::max(trace_time{1}, trace.duration / std::max(width, 1U));
  timeline result =
      trace.spans.size() <= timeline::most_blocks ? lay_out_with(trace, trace_time{0}) : timeline{};
  if (!result.rows.empty()) return result;
  for (const int parts : {64, 16, 4, 1}) {
    result = lay_out_with(trace, std::max(trace_time{1}, pixel / parts));
    if (count_blocks(result) <= timeline::most_blocks) break;
  }
  return result;
}

} // namespace clotho::job::detail
