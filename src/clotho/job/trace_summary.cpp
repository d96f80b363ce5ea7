// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/trace_summary.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include <clotho/job/detail/intervals.hpp>

namespace clotho::job {
namespace {

using detail::interval;

template <class T> T add(T a, T b) {
  return a > std::numeric_limits<T>::max() - b ? std::numeric_limits<T>::max() : a + b;
}
trace_time add(trace_time a, trace_time b) { return trace_time(add(a.count(), b.count())); }

// A stretch of time in which one span is the innermost of its row.
struct stretch {
  interval time;
  trace_role role;
};

class row_walk {
 public:
  explicit row_walk(const trace_data& trace) : trace_(trace) {}

  std::vector<stretch> walk(const trace_row& row) {
    stretches_.clear();
    for (std::size_t i = row.first_span; i < row.last_span; ++i) {
      advance(trace_.spans[i].begin);
      now_ = trace_.spans[i].begin;
      open_.push_back(&trace_.spans[i]);
    }
    advance(trace_time::max());
    return stretches_;
  }

 private:
  void advance(trace_time to) {
    for (; !open_.empty() && open_.back()->end <= to; open_.pop_back()) stretch_to(open_.back()->end);
    if (!open_.empty()) stretch_to(to);
  }
  void stretch_to(trace_time end) {
    if (end <= now_) return;
    stretches_.push_back({{now_, end}, trace_.categories[open_.back()->category].role});
    now_ = end;
  }

  const trace_data& trace_;
  std::vector<const trace_piece*> open_; // outermost first
  trace_time now_{};
  std::vector<stretch> stretches_;
};

void summarize_rows(const trace_data& trace, trace_summary& result) {
  std::vector<interval> busy, kernels, transfers;
  row_walk walk(trace);
  for (const trace_row& row : trace.rows) {
    row_summary own{static_cast<std::uint32_t>(result.rows.size()), row.last_span - row.first_span, {}};
    std::vector<interval> mine;
    for (const stretch& each : walk.walk(row)) {
      if (each.role == trace_role::wait) continue;
      mine.push_back(each.time);
      if (each.role == trace_role::kernel) kernels.push_back(each.time);
      if (each.role == trace_role::transfer) transfers.push_back(each.time);
    }
    const detail::interval_set joined = detail::covered(mine);
    own.busy = detail::measure(joined);
    busy.insert(busy.end(), joined.begin(), joined.end());
    result.rows.push_back(own);
  }
  result.busy = detail::measure(detail::covered(busy));
  result.parallel = detail::measure(detail::covered(busy, 2));
  const detail::interval_set moving = detail::covered(transfers);
  result.transfers = detail::measure(moving);
  result.hidden = detail::measure(detail::intersection(moving, detail::covered(kernels)));
}

trace_time median(std::vector<trace_time>& times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  if (times.size() % 2 == 1) return *middle;
  const trace_time below = *std::max_element(times.begin(), middle);
  return below + (*middle - below) / 2;
}

std::vector<group_summary> summarize_groups(const trace_data& trace) {
  std::unordered_map<std::uint64_t, std::vector<trace_time>> times;
  for (const trace_piece& each : trace.spans)
    times[std::uint64_t{each.category} << 32 | each.name].push_back(each.end - each.begin);
  std::vector<group_summary> groups;
  for (auto& [key, durations] : times) {
    group_summary group{
        static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32), durations.size(), {}, {}, {}};
    for (const trace_time each : durations) group.total = add(group.total, each);
    group.longest = *std::max_element(durations.begin(), durations.end());
    group.median = median(durations);
    groups.push_back(group);
  }
  const auto waits = [&](const group_summary& g) {
    return trace.categories[g.category].role == trace_role::wait;
  };
  std::sort(groups.begin(), groups.end(), [&](const group_summary& a, const group_summary& b) {
    return std::tuple(waits(a), -a.total, a.category, a.name)
           < std::tuple(waits(b), -b.total, b.category, b.name);
  });
  return groups;
}

std::vector<traffic_summary> summarize_traffic(const trace_data& trace) {
  std::vector<traffic_summary> all(trace.categories.size());
  std::vector<std::vector<interval>> times(all.size());
  for (const trace_piece& each : trace.spans) {
    traffic_summary& own = all[each.category];
    own.category = each.category;
    ++own.count;
    own.bytes = add(own.bytes, each.bytes);
    if (each.bytes > 0) times[each.category].push_back({each.begin, each.end});
  }
  std::vector<traffic_summary> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (trace.categories[i].role != trace_role::transfer) continue;
    all[i].busy = detail::measure(detail::covered(times[i]));
    result.push_back(all[i]);
  }
  return result;
}

bool in_order(const trace_data& trace, const trace_arrow& arrow) {
  const auto key = [&](std::uint32_t i) { return std::tuple(trace.spans[i].begin, trace.spans[i].end, i); };
  return key(arrow.from) < key(arrow.to);
}

// Longest chain: the spans in the order of their begins, each after those that its arrows come from.
void find_critical_path(const trace_data& trace, trace_summary& result) {
  const auto& spans = trace.spans;
  std::vector<trace_arrow> arrows;
  for (const trace_arrow& each : trace.arrows)
    if (in_order(trace, each)) arrows.push_back(each);
  if (arrows.empty()) return;
  const auto order = [&](std::uint32_t i) { return std::tuple(spans[i].begin, spans[i].end, i); };
  std::sort(arrows.begin(), arrows.end(), [&](const trace_arrow& a, const trace_arrow& b) {
    return std::tuple(order(a.to), a.from) < std::tuple(order(b.to), b.from);
  });

  struct chain {
    trace_time length{};
    std::uint32_t before = trace_piece::none;
  };
  std::unordered_map<std::uint32_t, chain> best; // only of spans with arrows
  const auto chain_of = [&](std::uint32_t i) -> chain& {
    return best.try_emplace(i, chain{spans[i].end - spans[i].begin, trace_piece::none}).first->second;
  };
  for (const auto& [from, to] : arrows) {
    const trace_time own =
        std::max(trace_time{0}, spans[to].end - std::max(spans[to].begin, spans[from].end));
    const trace_time length = chain_of(from).length + own;
    chain& known = chain_of(to);
    if (known.length < length || (known.length == length && known.before == trace_piece::none))
      known = {length, from};
  }
  auto last = best.begin();
  for (auto each = best.begin(); each != best.end(); ++each)
    if (std::tuple(each->second.length, last->first) > std::tuple(last->second.length, each->first))
      last = each;
  result.critical = last->second.length;
  for (std::uint32_t i = last->first; i != trace_piece::none; i = best.at(i).before)
    result.critical_path.push_back(i);
  std::reverse(result.critical_path.begin(), result.critical_path.end());
}

} // namespace

double traffic_summary::rate() const noexcept {
  return busy.count() > 0 ? static_cast<double>(bytes) / static_cast<double>(busy.count()) : 0;
}

double share(trace_time part, trace_time whole) noexcept {
  return whole.count() > 0 ? static_cast<double>(part.count()) / static_cast<double>(whole.count()) : 0;
}

trace_summary summarize(const trace_data& trace) {
  trace_summary result;
  result.duration = trace.duration;
  summarize_rows(trace, result);
  result.groups = summarize_groups(trace);
  result.traffic = summarize_traffic(trace);
  find_critical_path(trace, result);
  return result;
}

} // namespace clotho::job
