// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/trace_arrows.hpp>

#include <algorithm>

namespace clotho::job::detail {
namespace {

constexpr std::uint32_t none = trace_piece::none;

// The innermost span of a row at a moment, its end included; or the first that begins at it or later.
std::uint32_t span_in_row(const trace_data& trace, const trace_row& row, const arrow_end& end) {
  const auto first = trace.spans.begin() + static_cast<std::ptrdiff_t>(row.first_span);
  const auto last = trace.spans.begin() + static_cast<std::ptrdiff_t>(row.last_span);
  const auto place = [&](auto where) { return static_cast<std::uint32_t>(where - trace.spans.begin()); };
  if (end.at_next) {
    const auto next =
        std::lower_bound(first, last, end.when, [](auto& s, trace_time t) { return s.begin < t; });
    return next == last ? none : place(next);
  }
  const auto after =
      std::upper_bound(first, last, end.when, [](trace_time t, auto& s) { return t < s.begin; });
  if (after == first) return none;
  std::uint32_t found = place(after) - 1;
  while (found != none && trace.spans[found].end < end.when) found = trace.spans[found].parent;
  return found;
}

} // namespace

arrow_joiner::result
arrow_joiner::join(const trace_data& trace,
                   const std::vector<std::pair<std::uint32_t, std::uint32_t>>& rows_of) && {
  const auto called = [&](const arrow_end& end, std::optional<std::uint64_t> id) {
    const auto found = id ? named_.find({end.process, *id}) : named_.end();
    return found == named_.end() ? none : found->second;
  };
  const auto find = [&](const arrow_end& end) {
    if (const std::uint32_t named = called(end, end.begins ? end.from : end.to); named != none) return named;
    std::uint32_t found = none;
    for (std::uint32_t row = rows_of[end.thread].first; row < rows_of[end.thread].second && found == none;
         ++row)
      found = span_in_row(trace, trace.rows[row], end);
    return found;
  };

  std::stable_sort(ends_.begin(), ends_.end(), [](const arrow_end& a, const arrow_end& b) {
    return a.flow != b.flow ? a.flow < b.flow : a.when < b.when;
  });
  result joined;
  std::uint32_t before = none; // the span that the arrow comes from
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const bool goes_on = i > 0 && ends_[i - 1].flow == ends_[i].flow && !ends_[i].begins;
    const std::uint32_t here = find(ends_[i]);
    const bool last = i + 1 == ends_.size() || ends_[i + 1].flow != ends_[i].flow;
    if (goes_on && before != none && here != none && before != here)
      joined.arrows.push_back({before, here});
    else if (goes_on || last)
      ++joined.incomplete;
    before = here;
  }
  return joined;
}

} // namespace clotho::job::detail
