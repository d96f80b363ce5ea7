// SPDX-License-Identifier: Apache-2.0
#include "trace_report.hpp"

#include <algorithm>

#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>

#include "support/output.hpp"

namespace clotho::tool {
namespace {

using job::duration_text;
using job::trace_data;
using job::trace_summary;
using nlohmann::json;

constexpr std::size_t most_groups = 15, most_steps = 12; // lines of text; JSON has all

std::string row_name(const trace_data& trace, std::uint32_t row) {
  const job::trace_row& named = trace.rows[row];
  return named.process.empty() ? named.name : named.process + ": " + named.name;
}

json rows_json(const trace_data& trace, const trace_summary& summary) {
  json list = json::array();
  for (const job::row_summary& each : summary.rows)
    list.push_back({{"name", trace.rows[each.row].name},
                    {"process", trace.rows[each.row].process},
                    {"spans", each.spans},
                    {"busy", each.busy.count()},
                    {"share", job::share(each.busy, summary.duration)}});
  return list;
}

json groups_json(const trace_data& trace, const trace_summary& summary) {
  json list = json::array();
  for (const job::group_summary& each : summary.groups)
    list.push_back({{"name", trace.names[each.name]},
                    {"category", trace.categories[each.category].name},
                    {"count", each.count},
                    {"total", each.total.count()},
                    {"median", each.median.count()},
                    {"longest", each.longest.count()},
                    {"share", job::share(each.total, summary.duration)}});
  return list;
}

json traffic_json(const trace_data& trace, const trace_summary& summary) {
  json list = json::array();
  for (const job::traffic_summary& each : summary.traffic)
    list.push_back({{"category", trace.categories[each.category].name},
                    {"count", each.count},
                    {"bytes", each.bytes},
                    {"time", each.busy.count()},
                    {"gb_per_s", each.rate()}});
  return list;
}

json critical_json(const trace_data& trace, const trace_summary& summary) {
  json spans = json::array();
  for (const std::uint32_t place : summary.critical_path) {
    const job::trace_piece& span = trace.spans[place];
    spans.push_back({{"name", trace.names[span.name]},
                     {"row", row_name(trace, span.row)},
                     {"begin", span.begin.count()},
                     {"duration", (span.end - span.begin).count()}});
  }
  return {{"time", summary.critical.count()},
          {"share", job::share(summary.critical, summary.duration)},
          {"spans", std::move(spans)}};
}

double highest(const job::trace_curve& curve) {
  double result = curve.points.front().second;
  for (const auto& point : curve.points) result = std::max(result, point.second);
  return result;
}

json counters_json(const trace_data& trace) {
  json list = json::array();
  for (const job::trace_curve& each : trace.curves)
    list.push_back({{"name", each.name}, {"highest", highest(each)}, {"last", each.points.back().second}});
  return list;
}

void print_overview(const trace_data& trace, const trace_summary& summary) {
  std::string text = duration_text(summary.duration) + ", " + std::to_string(trace.spans.size())
                     + " spans in " + std::to_string(trace.rows.size())
                     + (trace.rows.size() == 1 ? " row" : " rows") + "\n";
  text += "two or more rows busy " + job::percent_text(job::share(summary.parallel, summary.duration))
          + " of the time, none " + job::percent_text(1 - job::share(summary.busy, summary.duration)) + "\n";
  if (summary.transfers.count() > 0)
    text += "transfers take " + duration_text(summary.transfers) + ", "
            + job::percent_text(job::share(summary.hidden, summary.transfers))
            + " of it hidden behind kernels\n";
  print(text + "\n");
}

void print_rows(const trace_data& trace, const trace_summary& summary) {
  std::vector<std::vector<std::string>> cells;
  for (const job::row_summary& each : summary.rows) {
    const double busy = job::share(each.busy, summary.duration);
    cells.push_back({row_name(trace, each.row), std::to_string(each.spans), duration_text(each.busy),
                     job::percent_text(busy), job::percent_text(1 - busy)});
  }
  print_table({{"ROW"}, {"SPANS", true}, {"BUSY", true}, {"SHARE", true}, {"IDLE", true}}, cells);
}

// What did not fit into a table of text.
void print_rest(std::size_t all, std::size_t shown) {
  if (all > shown) print("and " + std::to_string(all - shown) + " more: --json tells all\n");
}

void print_groups(const trace_data& trace, const trace_summary& summary) {
  std::vector<std::vector<std::string>> cells;
  const std::size_t count = std::min(most_groups, summary.groups.size());
  for (std::size_t i = 0; i < count; ++i) {
    const job::group_summary& each = summary.groups[i];
    cells.push_back({trace.names[each.name], trace.categories[each.category].name, std::to_string(each.count),
                     duration_text(each.total), duration_text(each.median),
                     job::percent_text(job::share(each.total, summary.duration))});
  }
  print("\n");
  print_table({{"NAME"}, {"CATEGORY"}, {"COUNT", true}, {"TOTAL", true}, {"MEDIAN", true}, {"OF TIME", true}},
              cells);
  print_rest(summary.groups.size(), count);
}

void print_traffic(const trace_data& trace, const trace_summary& summary) {
  if (summary.traffic.empty()) return;
  std::vector<std::vector<std::string>> cells;
  for (const job::traffic_summary& each : summary.traffic)
    cells.push_back({trace.categories[each.category].name, std::to_string(each.count),
                     format_size(each.bytes), duration_text(each.busy),
                     each.rate() > 0 ? job::three_digits(each.rate()) : "-"});
  print("\n");
  print_table({{"TRANSFERS"}, {"COUNT", true}, {"BYTES", true}, {"TIME", true}, {"GB/S", true}}, cells);
}

void print_critical_path(const trace_data& trace, const trace_summary& summary) {
  const auto& path = summary.critical_path;
  if (path.empty()) return;
  print("\ncritical path: " + job::count_text(path.size(), "span") + ", " + duration_text(summary.critical)
        + ", " + job::percent_text(job::share(summary.critical, summary.duration)) + " of the time\n");
  std::vector<std::vector<std::string>> cells;
  const std::size_t count = std::min(most_steps, path.size());
  for (std::size_t i = 0; i < count; ++i) {
    const job::trace_piece& span = trace.spans[path[i]];
    cells.push_back({trace.names[span.name], row_name(trace, span.row), duration_text(span.begin),
                     duration_text(span.end - span.begin)});
  }
  print_table({{"SPAN"}, {"ROW"}, {"BEGINS", true}, {"TAKES", true}}, cells);
  print_rest(path.size(), count);
}

} // namespace

json to_json(const trace_data& trace, const trace_summary& summary) {
  return {{"schema", "clotho.trace/1"},
          {"producer", trace.producer},
          {"duration", summary.duration.count()},
          {"spans", trace.spans.size()},
          {"arrows", trace.arrows.size()},
          {"dropped", trace.dropped},
          {"left_out", trace.left_out},
          {"incomplete", trace.incomplete},
          {"busy", summary.busy.count()},
          {"parallel", summary.parallel.count()},
          {"transfers", {{"time", summary.transfers.count()}, {"hidden", summary.hidden.count()}}},
          {"rows", rows_json(trace, summary)},
          {"groups", groups_json(trace, summary)},
          {"traffic", traffic_json(trace, summary)},
          {"critical_path", critical_json(trace, summary)},
          {"counters", counters_json(trace)}};
}

void print_summary(const trace_data& trace, const trace_summary& summary) {
  print_overview(trace, summary);
  print_rows(trace, summary);
  print_groups(trace, summary);
  print_traffic(trace, summary);
  print_critical_path(trace, summary);
}

} // namespace clotho::tool
