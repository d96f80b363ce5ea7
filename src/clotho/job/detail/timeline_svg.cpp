// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/detail/timeline_svg.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <set>
#include <string_view>

#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>
#include <clotho/job/html_text.hpp>
#include <clotho/job/detail/time_axis.hpp>
#include <clotho/job/detail/timeline.hpp>

namespace clotho::job::detail {
namespace {

constexpr int gutter = 180, plot = 1000, axis = 26; // pixels
constexpr int level_height = 18, row_gap = 6, curve_height = 36;
constexpr double letter = 6.4; // width of a letter of a label, about
constexpr std::size_t most_curves = 16;
constexpr double gap = 0.8; // between neighbours that are wide enough

constexpr std::array known{"task", "kernel", "upload", "download", "copy", "build", "wait", "host"};

// "12.34", without needless zeros.
std::string number(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.2f", value);
  std::string result = text.data();
  result.erase(result.find_last_not_of('0') + 1);
  if (result.back() == '.') result.pop_back();
  return result;
}

class painter {
 public:
  painter(const trace_data& trace, const trace_summary& summary) : trace_(trace), summary_(summary) {}

  std::string paint() {
    const timeline drawn = lay_out(trace_, plot);
    place(drawn);
    find_critical();
    paint_axis();
    for (const timeline_row& row : drawn.rows) paint_name(row);
    open_plot();
    for (const timeline_row& row : drawn.rows) paint_blocks(row);
    paint_arrows();
    text_ += "</svg>\n";
    paint_curves();
    return head() + text_ + "</svg>\n";
  }

 private:
  [[nodiscard]] double x(trace_time when) const { return plot * share(when, trace_.duration); }

  void place(const timeline& drawn) {
    tops_.assign(trace_.rows.size(), -1);
    for (const timeline_row& row : drawn.rows) {
      tops_[row.row] = height_;
      height_ += static_cast<int>(row.levels) * level_height + row_gap;
    }
    curves_ = std::min(trace_.curves.size(), most_curves);
  }
  [[nodiscard]] int middle(const trace_piece& span) const {
    const auto depth = static_cast<int>(std::min(span.depth, timeline::deepest - 1));
    return tops_[span.row] + depth * level_height + level_height / 2;
  }

  [[nodiscard]] std::string head() const {
    const std::string width = std::to_string(gutter + plot);
    const std::string height =
        std::to_string(axis + height_ + static_cast<int>(curves_) * (curve_height + row_gap) + row_gap);
    return "<svg id=\"timeline\" class=\"timeline\" viewBox=\"0 0 " + width + ' ' + height + "\" data-plot=\""
           + std::to_string(plot) + "\" data-ns=\"" + std::to_string(trace_.duration.count())
           + "\" role=\"img\" aria-label=\"timeline\">\n"
             "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"6\" "
             "markerHeight=\"6\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" "
             "class=\"head\"/></marker></defs>\n";
  }

  void paint_axis() {
    text_ += "<g id=\"axis\" transform=\"translate(" + std::to_string(gutter) + " 0)\" data-height=\""
             + std::to_string(axis + height_) + "\">";
    for (const axis_tick& tick : time_ticks(trace_.duration, plot / 110)) {
      const std::string at = number(x(tick.when));
      text_ += "<line class=\"grid\" x1=\"" + at + "\" x2=\"" + at + "\" y1=\"" + std::to_string(axis - 6)
               + "\" y2=\"" + std::to_string(axis + height_) + "\"/><text class=\"tick\" x=\"" + at
               + "\" y=\"14\">" + tick.label + "</text>";
    }
    text_ += "</g>\n";
  }

  void label_row(int top, int height, const std::string& name) {
    text_ += "<text class=\"name\" x=\"" + std::to_string(gutter - 10) + "\" y=\""
             + std::to_string(axis + top + height / 2 + 4) + "\">" + html(shortened(name, 25)) + "<title>"
             + html(name) + "</title></text>\n";
  }
  void paint_name(const timeline_row& drawn) {
    const trace_row& row = trace_.rows[drawn.row];
    const int height = static_cast<int>(drawn.levels) * level_height;
    text_ += "<rect class=\"lane\" x=\"" + std::to_string(gutter) + "\" y=\""
             + std::to_string(axis + tops_[drawn.row]) + "\" width=\"" + std::to_string(plot) + "\" height=\""
             + std::to_string(height) + "\"/>";
    label_row(tops_[drawn.row], level_height, row.process.empty() ? row.name : row.process + ": " + row.name);
  }

  void open_plot() {
    text_ += "<svg id=\"plot\" x=\"" + std::to_string(gutter) + "\" y=\"" + std::to_string(axis)
             + "\" width=\"" + std::to_string(plot) + "\" height=\"" + std::to_string(std::max(height_, 1))
             + "\">\n";
  }

  [[nodiscard]] std::string title(const timeline_block& block) const {
    const trace_piece& span = trace_.spans[block.span];
    std::string text = html(trace_.names[span.name]);
    if (block.count > 1) text = std::to_string(block.count) + " spans, most of them like " + text;
    text += '\n' + html(trace_.categories[span.category].name) + ", " + duration_text(block.busy) + " from "
            + duration_text(block.begin);
    if (block.count == 1 && span.bytes > 0) text += "\n" + format_size(span.bytes);
    return text;
  }

  void paint_blocks(const timeline_row& row) {
    text_ += "<g>";
    for (const timeline_block& block : row.blocks) paint_block(row, block);
    text_ += "</g>\n";
  }
  void paint_block(const timeline_row& row, const timeline_block& block) {
    const trace_piece& span = trace_.spans[block.span];
    const double left = x(block.begin), width = std::max(x(block.end) - left, 0.5);
    const int top = tops_[row.row] + static_cast<int>(block.depth) * level_height;
    const double full = share(block.busy, block.end - block.begin);
    text_ += "<rect class=\"" + category_class(trace_, span.category)
             + (block.count == 1 && critical_spans_.contains(block.span) ? " critical" : "") + "\" x=\""
             + number(left) + "\" y=\"" + std::to_string(top + 1) + "\" width=\""
             + number(width > 3 ? width - gap : width) + "\" height=\"" + std::to_string(level_height - 2)
             + '"';
    if (block.count > 1 && full < 0.9) text_ += " opacity=\"" + number(0.3 + 0.7 * full) + '"';
    text_ += "><title>" + title(block) + "</title></rect>";
    const auto letters = static_cast<std::size_t>(std::max(0.0, (width - 8) / letter));
    if (block.count == 1 && letters >= 3)
      text_ += "<text class=\"label l-" + category_class(trace_, span.category) + "\" x=\"" + number(left + 4)
               + "\" y=\"" + std::to_string(top + 13) + "\">"
               + html(shortened(trace_.names[span.name], letters)) + "</text>";
  }

  void find_critical() {
    const auto& path = summary_.critical_path;
    for (std::size_t i = 1; i < path.size(); ++i) critical_.emplace(path[i - 1], path[i]);
    critical_spans_.insert(path.begin(), path.end());
  }
  // As long as they can be told apart.
  void paint_arrows() {
    text_ += "<g id=\"arrows\">";
    if (trace_.arrows.size() <= timeline::most_arrows)
      for (const trace_arrow& each : trace_.arrows)
        if (!critical_.contains({each.from, each.to})) paint_arrow(each.from, each.to, "arrow");
    if (critical_.size() <= timeline::most_arrows)
      for (const auto& [from, to] : critical_) paint_arrow(from, to, "arrow critical");
    text_ += "</g>\n";
  }
  void paint_arrow(std::uint32_t from, std::uint32_t to, const char* style) {
    const trace_piece &a = trace_.spans[from], &b = trace_.spans[to];
    if (tops_[a.row] < 0 || tops_[b.row] < 0) return;
    if (middle(a) == middle(b) && x(b.begin) - x(a.end) < 8) return; // neighbours: would hide their names
    text_ += std::string("<path class=\"") + style + "\" marker-end=\"url(#head)\" data-x=\""
             + number(x(a.end)) + ' ' + number(x(b.begin)) + "\" data-y=\"" + std::to_string(middle(a)) + ' '
             + std::to_string(middle(b)) + "\" d=\"" + curve(x(a.end), middle(a), x(b.begin), middle(b))
             + "\"/>";
  }
  static std::string curve(double x1, int y1, double x2, int y2) {
    const double bend = std::min(60.0, std::max(8.0, std::abs(x2 - x1) / 2));
    return "M" + number(x1) + ' ' + std::to_string(y1) + 'C' + number(x1 + bend) + ' ' + std::to_string(y1)
           + ' ' + number(x2 - bend) + ' ' + std::to_string(y2) + ' ' + number(x2) + ' ' + std::to_string(y2);
  }

  void paint_curves() {
    for (std::size_t i = 0; i < curves_; ++i) {
      const int top = height_ + static_cast<int>(i) * (curve_height + row_gap);
      paint_curve(trace_.curves[i], top);
    }
  }
  void paint_curve(const trace_curve& curve, int top) {
    double peak = 0;
    for (const auto& point : curve.points) peak = std::max(peak, point.second);
    label_row(top, curve_height, curve.name);
    text_ += "<svg class=\"curve\" x=\"" + std::to_string(gutter) + "\" y=\"" + std::to_string(axis + top)
             + "\" width=\"" + std::to_string(plot) + "\" height=\"" + std::to_string(curve_height)
             + "\" viewBox=\"0 0 " + std::to_string(plot) + ' ' + std::to_string(curve_height)
             + "\" preserveAspectRatio=\"none\"><path d=\"" + steps(curve, peak) + "\"/><title>"
             + html(curve.name) + ", at most " + html(counter_text(curve.name, peak)) + "</title></svg>\n";
    text_ += "<text class=\"peak\" x=\"" + std::to_string(gutter + plot - 4) + "\" y=\""
             + std::to_string(axis + top + 12) + "\">" + html(counter_text(curve.name, peak)) + "</text>\n";
  }
  // The area below the values; of those in one pixel the largest.
  [[nodiscard]] std::string steps(const trace_curve& curve, double peak) const {
    std::string path = "M0 " + std::to_string(curve_height);
    double column = -1, largest = 0;
    const auto flush = [&] {
      if (column < 0) return;
      const double height = peak > 0 ? std::max(0.0, largest) / peak * (curve_height - 2) : 0;
      path += 'H' + number(column) + 'V' + number(curve_height - height);
    };
    for (const auto& [when, value] : curve.points) {
      const double at = std::floor(x(when));
      if (at != column) {
        flush();
        largest = value;
      }
      column = at;
      largest = std::max(largest, value);
    }
    flush();
    return path + 'H' + std::to_string(plot) + 'V' + std::to_string(curve_height) + 'z';
  }

  const trace_data& trace_;
  const trace_summary& summary_;
  std::string text_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> critical_; // arrows of the critical path
  std::set<std::uint32_t> critical_spans_;
  std::vector<int> tops_; // by row; -1 for those not shown
  int height_ = 0;        // of the rows
  std::size_t curves_ = 0;
};

} // namespace

std::string category_class(const trace_data& trace, std::uint32_t category) {
  const auto is_known = [](const std::string& name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  };
  if (is_known(trace.categories[category].name)) return "c-" + trace.categories[category].name;
  std::size_t others = 0;
  for (std::uint32_t i = 0; i < category; ++i) others += is_known(trace.categories[i].name) ? 0 : 1;
  return "c" + std::to_string(others % 8);
}

std::string timeline_svg(const trace_data& trace, const trace_summary& summary) {
  return painter(trace, summary).paint();
}

} // namespace clotho::job::detail
