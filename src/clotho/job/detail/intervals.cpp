// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/intervals.hpp>

#include <algorithm>

namespace clotho::job::detail {
namespace {

struct edge {
  std::chrono::nanoseconds when;
  bool begins;
};

std::vector<edge> edges_of(const std::vector<interval>& given) {
  std::vector<edge> edges;
  for (const interval& each : given) {
    if (each.begin >= each.end) continue;
    edges.push_back({each.begin, true});
    edges.push_back({each.end, false});
  }
  // Begins first, so that neighbours make one interval.
  std::sort(edges.begin(), edges.end(), [](const edge& a, const edge& b) {
    return a.when != b.when ? a.when < b.when : a.begins > b.begins;
  });
  return edges;
}

} // namespace

interval_set covered(const std::vector<interval>& given, std::size_t times) {
  interval_set result;
  std::size_t depth = 0;
  for (const edge& each : edges_of(given)) {
    if (each.begins && ++depth == times)
      result.push_back({each.when, each.when});
    else if (!each.begins && depth-- == times) {
      result.back().end = each.when;
      if (result.back().begin == result.back().end) result.pop_back(); // one came as another went
    }
  }
  return result;
}

interval_set intersection(const interval_set& a, const interval_set& b) {
  interval_set result;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    const interval both{std::max(x->begin, y->begin), std::min(x->end, y->end)};
    if (both.begin < both.end) result.push_back(both);
    (x->end < y->end ? x : y)++;
  }
  return result;
}

std::chrono::nanoseconds measure(const interval_set& of) noexcept {
  std::chrono::nanoseconds sum{0};
  for (const interval& each : of) sum += each.end - each.begin;
  return sum;
}

} // namespace clotho::job::detail
