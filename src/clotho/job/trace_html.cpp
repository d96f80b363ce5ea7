// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/trace_html.hpp>

#include <algorithm>
#include <initializer_list>
#include <vector>

#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>
#include <clotho/job/html_text.hpp>
#include <clotho/job/detail/time_axis.hpp>
#include <clotho/job/detail/timeline.hpp>
#include <clotho/job/detail/timeline_svg.hpp>
#include <clotho/job/detail/trace_page.hpp>

namespace clotho::job {
namespace {

constexpr std::size_t most_groups = 30, most_steps = 50;

struct cell {
  std::string html;
  bool is_number = false;
};
cell number(std::string text) { return {std::move(text), true}; }

class page {
 public:
  page(const trace_data& trace, const trace_summary& summary) : trace_(trace), summary_(summary) {}

  std::string write(std::string_view title) {
    text_ = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>"
            + html(title) + "</title>\n<style>" + std::string(detail::page_style) + "</style>\n<h1>"
            + html(title) + "</h1>\n<p>" + headline() + "</p>\n";
    legend();
    text_ += detail::timeline_svg(trace_, summary_);
    text_ += "<p id=\"hint\" hidden>Wheel: zoom. Drag: move. Double click: all of it.</p>\n";
    rows();
    groups();
    traffic();
    critical_path();
    counters();
    text_ += "<script>" + std::string(detail::page_script) + "</script>\n</html>\n";
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string headline() const {
    std::string text = duration_text(trace_.duration) + ", " + count_text(trace_.spans.size(), "span")
                       + "; two or more rows busy "
                       + percent_text(share(summary_.parallel, summary_.duration)) + " of the time, none "
                       + percent_text(1 - share(summary_.busy, summary_.duration));
    if (summary_.transfers.count() > 0)
      text += "; " + percent_text(share(summary_.hidden, summary_.transfers))
              + " of the transfers behind kernels";
    if (trace_.dropped > 0) text += "; " + count_text(trace_.dropped, "record") + " dropped by the recorder";
    const std::size_t rows = trace_.rows.size();
    if (rows > detail::timeline::most_rows)
      text += "; the picture shows the first " + std::to_string(detail::timeline::most_rows) + " of "
              + std::to_string(rows) + " rows";
    return text + ".";
  }

  void legend() {
    text_ += "<p class=\"legend\">";
    for (std::uint32_t i = 0; i < trace_.categories.size(); ++i)
      text_ += "<span><svg width=\"12\" height=\"12\"><rect width=\"12\" height=\"12\" rx=\"2\" class=\""
               + detail::category_class(trace_, i) + "\"/></svg> " + html(trace_.categories[i].name)
               + "</span>";
    if (!summary_.critical_path.empty() && summary_.critical_path.size() <= detail::timeline::most_arrows)
      text_ += "<span><svg width=\"18\" height=\"12\"><path class=\"arrow critical\" d=\"M0 6H18\"/></svg> "
               "critical "
               "path</span>";
    text_ += "</p>\n";
  }

  void begin_table(const char* title, std::initializer_list<cell> columns) {
    text_ += std::string("<h2>") + title + "</h2>\n<table><tr>";
    for (const cell& each : columns)
      text_ += std::string("<th") + (each.is_number ? " class=n>" : ">") + each.html + "</th>";
    text_ += "</tr>\n";
  }
  void add_row(const std::vector<cell>& cells) {
    text_ += "<tr>";
    for (const cell& each : cells)
      text_ += std::string("<td") + (each.is_number ? " class=n>" : ">") + each.html + "</td>";
    text_ += "</tr>\n";
  }
  void end_table(std::size_t left_out = 0) {
    text_ += "</table>\n";
    if (left_out > 0) text_ += "<p>and " + std::to_string(left_out) + " more</p>\n";
  }

  void rows() {
    begin_table("Rows", {{"row"}, number("spans"), number("busy"), number("share"), {""}});
    for (const row_summary& each : summary_.rows) {
      const trace_row& row = trace_.rows[each.row];
      const double part = share(each.busy, summary_.duration);
      text_ += "<tr><td>" + html(row.process.empty() ? row.name : row.process + ": " + row.name)
               + "</td><td class=n>" + std::to_string(each.spans) + "</td><td class=n>"
               + duration_text(each.busy) + "</td><td class=n>" + percent_text(part)
               + "</td><td class=bar><div><i style=\"width:" + three_digits(part * 100)
               + "%\"></i></div></td></tr>\n";
    }
    end_table();
  }

  void groups() {
    begin_table("Where the time goes", {{"name"},
                                        {"category"},
                                        number("count"),
                                        number("total"),
                                        number("median"),
                                        number("longest"),
                                        number("of the time")});
    const std::size_t count = std::min(most_groups, summary_.groups.size());
    for (std::size_t i = 0; i < count; ++i) {
      const group_summary& each = summary_.groups[i];
      add_row({{html(trace_.names[each.name])},
               {html(trace_.categories[each.category].name)},
               number(std::to_string(each.count)),
               number(duration_text(each.total)),
               number(duration_text(each.median)),
               number(duration_text(each.longest)),
               number(percent_text(share(each.total, summary_.duration)))});
    }
    end_table(summary_.groups.size() - count);
  }

  void traffic() {
    if (summary_.traffic.empty()) return;
    begin_table("Transfers",
                {{"category"}, number("count"), number("bytes"), number("time"), number("GB/s")});
    for (const traffic_summary& each : summary_.traffic)
      add_row({{html(trace_.categories[each.category].name)},
               number(std::to_string(each.count)),
               number(format_size(each.bytes)),
               number(duration_text(each.busy)),
               number(each.rate() > 0 ? three_digits(each.rate()) : "-")});
    end_table();
  }

  void critical_path() {
    const auto& path = summary_.critical_path;
    if (path.empty()) return;
    begin_table("Critical path", {{"span"}, {"row"}, number("begins"), number("takes")});
    const std::size_t count = std::min(most_steps, path.size());
    for (std::size_t i = 0; i < count; ++i) {
      const trace_piece& span = trace_.spans[path[i]];
      add_row({{html(trace_.names[span.name])},
               {html(trace_.rows[span.row].name)},
               number(duration_text(span.begin)),
               number(duration_text(span.end - span.begin))});
    }
    end_table(path.size() - count);
    text_ += "<p>" + count_text(path.size(), "span") + ", " + duration_text(summary_.critical) + ", "
             + percent_text(share(summary_.critical, summary_.duration)) + " of the time.</p>\n";
  }

  void counters() {
    if (trace_.curves.empty()) return;
    begin_table("Counters", {{"name"}, number("highest"), number("last")});
    for (const trace_curve& each : trace_.curves) {
      const auto highest = std::max_element(each.points.begin(), each.points.end(),
                                            [](auto& a, auto& b) { return a.second < b.second; });
      if (highest == each.points.end()) continue;
      add_row({{html(each.name)},
               number(detail::counter_text(each.name, highest->second)),
               number(detail::counter_text(each.name, each.points.back().second))});
    }
    end_table();
  }

  const trace_data& trace_;
  const trace_summary& summary_;
  std::string text_;
};

} // namespace

std::string to_html(const trace_data& trace, const trace_summary& summary, std::string_view title) {
  return page(trace, summary).write(title);
}

} // namespace clotho::job
