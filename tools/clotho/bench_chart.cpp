// SPDX-License-Identifier: Apache-2.0
#include "bench_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include <clotho/job/amount_text.hpp>
#include <clotho/job/html_text.hpp>

namespace clotho::tool {

const std::string_view chart_style = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1d2430; --faint: #5c6675; --line: #dfe3e8;
  --roof: #b3620e; --mark: #2f6fb7; --bar: #7fa8d6; --band: #f3dcc2; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e3e7ec; --faint: #98a2af; --line: #2b3138;
  --roof: #d98a35; --mark: #6aa5e8; --bar: #3f6c9f; --band: #4a3a24; } }
body { margin: 1.5rem auto; max-width: 1000px; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.3rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
p { margin: .2rem 0 .8rem; color: var(--faint); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .3rem 0; }
th, td { padding: .18rem 1.2rem .18rem 0; text-align: left; }
th { color: var(--faint); font-weight: 500; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg.chart { width: 100%; height: auto; display: block; max-width: 760px; }
.histograms { display: flex; flex-wrap: wrap; gap: .6rem 1.6rem; }
.histograms figure { margin: 0; width: 440px; max-width: 100%; }
.histograms figcaption { color: var(--faint); }
svg.chart text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink);
  paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
svg.chart .tick, svg.chart .title { fill: var(--faint); }
svg.chart .roof-label { fill: var(--roof); }
.grid { stroke: var(--line); }
.axis { stroke: var(--faint); }
.roof { fill: none; stroke: var(--roof); stroke-width: 2; }
.mark { fill: var(--mark); stroke: var(--paper); stroke-width: 1.5; }
.bar { fill: var(--bar); }
.band { fill: var(--band); }
.median { stroke: var(--roof); stroke-width: 2; }
)css";

namespace {

using job::html;

// Coordinates in tenths of a pixel are fine enough.
std::string at(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string text_at(double x, double y, const char* kind, const char* anchor, const std::string& text) {
  return "<text class=\"" + std::string(kind) + "\" text-anchor=\"" + anchor + "\" x=\"" + at(x) + "\" y=\""
         + at(y) + "\">" + html(text) + "</text>\n";
}

std::string line_at(const char* kind, double x1, double y1, double x2, double y2) {
  return "<path class=\"" + std::string(kind) + "\" d=\"M" + at(x1) + " " + at(y1) + "L" + at(x2) + " "
         + at(y2) + "\"/>\n";
}

std::string upright_title(double x, double y, const std::string& text) {
  return "<text class=\"title\" text-anchor=\"middle\" transform=\"translate(" + at(x) + " " + at(y)
         + ") rotate(-90)\">" + html(text) + "</text>\n";
}

// "0.01", "5", "20000": ticks are round.
std::string tick_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value < 1e6 ? "%.10g" : "%.0e", value);
  return text.data();
}

// Where a range of values is on the picture; whole powers of ten where that is not too wide.
struct log_axis {
  double low = 1, high = 10; // values
  double begin = 0, end = 0; // pixels

  void cover(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void pad() {
    low /= 1.6, high *= 1.6;
    if (high / low < 10) low /= std::sqrt(10 * low / high), high = 10 * low;
  }
  [[nodiscard]] double place(double value) const {
    return begin + (end - begin) * std::log(value / low) / std::log(high / low);
  }
  [[nodiscard]] std::vector<double> ticks() const {
    std::vector<double> found;
    const bool is_wide = high / low > 300;
    for (int power = static_cast<int>(std::floor(std::log10(low))); std::pow(10, power) <= high; ++power)
      for (const double digit : {1.0, 2.0, 5.0}) {
        const double value = digit * std::pow(10, power);
        if (value >= low && value <= high && (digit == 1 || !is_wide)) found.push_back(value);
      }
    return found;
  }
};

constexpr double width = 760, height = 430, left = 70, right = 20, top = 14, bottom = 52;

class chart_writer {
 public:
  explicit chart_writer(const log_chart& chart) : chart_(chart) {
    bool is_first = true;
    const auto cover = [&](double x, double y) {
      if (is_first) x_.low = x_.high = x, y_.low = y_.high = y;
      is_first = false;
      x_.cover(x), y_.cover(y);
    };
    for (const log_chart::line& line : chart.lines)
      for (const auto& [x, y] : line.points) cover(x, y);
    for (const log_chart::mark& mark : chart.marks) cover(mark.x, mark.y);
    x_.pad(), y_.pad();
    x_.begin = left, x_.end = width - right;
    y_.begin = height - bottom, y_.end = top;
  }

  std::string write() {
    text_ = "<svg class=\"chart\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
            + at(width) + " " + at(height) + "\">\n";
    axes();
    for (const log_chart::line& line : chart_.lines) draw(line);
    for (const log_chart::mark& mark : chart_.marks) draw(mark);
    std::vector<log_chart::mark> from_above = chart_.marks;
    std::sort(from_above.begin(), from_above.end(), [](const auto& a, const auto& b) { return a.y > b.y; });
    for (const log_chart::mark& mark : from_above) label(mark);
    return text_ + "</svg>\n";
  }

 private:
  void axes() {
    for (const double value : x_.ticks()) {
      text_ += line_at("grid", x_.place(value), y_.begin, x_.place(value), y_.end);
      text_ += text_at(x_.place(value), y_.begin + 17, "tick", "middle", tick_text(value));
    }
    for (const double value : y_.ticks()) {
      text_ += line_at("grid", x_.begin, y_.place(value), x_.end, y_.place(value));
      text_ += text_at(x_.begin - 7, y_.place(value) + 4, "tick", "end", tick_text(value));
    }
    text_ += text_at((x_.begin + x_.end) / 2, height - 10, "title", "middle", chart_.x_title);
    text_ += upright_title(16, (y_.begin + y_.end) / 2, chart_.y_title);
  }

  void draw(const log_chart::line& line) {
    text_ += "<path class=\"roof\" d=\"";
    for (std::size_t i = 0; i < line.points.size(); ++i)
      text_ += (i == 0 ? "M" : "L") + at(x_.place(line.points[i].first)) + " "
               + at(y_.place(line.points[i].second));
    text_ += "\"/>\n";
    if (line.points.empty()) return;
    // In the middle of what rises, at the end of a level.
    const auto& [x1, y1] = line.points.front();
    const auto& [x2, y2] = line.points.back();
    const bool is_level = y1 == y2;
    const double x = is_level ? x_.place(x2) : (x_.place(x1) + x_.place(x2)) / 2;
    const double y = (y_.place(y1) + y_.place(y2)) / 2;
    if (line.label_is_below)
      put_label(x + 12, y + 12, "roof-label", "start", line.label);
    else
      put_label(is_level ? x : x - 12, y - 8, "roof-label", "end", line.label);
  }

  void draw(const log_chart::mark& mark) {
    text_ += "<circle class=\"mark\" cx=\"" + at(x_.place(mark.x)) + "\" cy=\"" + at(y_.place(mark.y))
             + "\" r=\"6\"><title>" + html(mark.explanation) + "</title></circle>\n";
  }

  void label(const log_chart::mark& mark) {
    const double x = x_.place(mark.x);
    const bool is_right = x > (x_.begin + x_.end) * 0.6;
    put_label(is_right ? x - 11 : x + 11, y_.place(mark.y) + 4, "name", is_right ? "end" : "start",
              mark.label);
  }

  // Below what is there already, when it would lie upon it.
  void put_label(double x, double y, const char* kind, const char* anchor, const std::string& text) {
    const double reach = 7.0 * static_cast<double>(text.size());
    const bool is_end = std::string_view(anchor) == "end";
    const box wanted{is_end ? x - reach : x, is_end ? x : x + reach, y};
    double free = y;
    for (bool moved = true; moved;) {
      moved = false;
      for (const box& other : labels_)
        if (std::abs(other.y - free) < 14 && wanted.begin < other.end && other.begin < wanted.end)
          free = other.y + 14, moved = true;
    }
    labels_.push_back({wanted.begin, wanted.end, free});
    text_ += text_at(x, free, kind, anchor, text);
  }

  struct box {
    double begin, end, y;
  };
  const log_chart& chart_;
  log_axis x_, y_;
  std::vector<box> labels_;
  std::string text_;
};

// Bins as wide as Freedman and Diaconis say, 8 to 40 of them.
struct histogram {
  double low = 0, high = 0;
  std::vector<std::size_t> counts;
  std::size_t beyond = 0; // samples that are not drawn

  histogram(std::span<const double> samples, const statistics& times) {
    const double range = times.quartile_range();
    low = std::max(times.least, times.lower_quartile - 3 * range);
    high = std::min(times.greatest, times.upper_quartile + 3 * range);
    if (high <= low) low *= 0.99, high = high * 1.01;
    const double wide = 2 * range / std::cbrt(static_cast<double>(samples.size()));
    const double bins = wide > 0 ? (high - low) / wide : 8;
    counts.resize(static_cast<std::size_t>(std::clamp(bins, 8.0, 40.0)));
    for (const double sample : samples) add(sample);
  }
  void add(double sample) {
    if (sample < low || sample > high) {
      ++beyond;
      return;
    }
    const auto bin =
        static_cast<std::size_t>((sample - low) / (high - low) * static_cast<double>(counts.size()));
    ++counts[std::min(bin, counts.size() - 1)];
  }
};

struct time_unit {
  const char* name;
  double seconds;
};
time_unit unit_for(double seconds) {
  if (seconds >= 1) return {"s", 1};
  if (seconds >= 1e-3) return {"ms", 1e-3};
  if (seconds >= 1e-6) return {"us", 1e-6};
  return {"ns", 1e-9};
}

} // namespace

std::string to_svg(const log_chart& chart) { return chart_writer(chart).write(); }

std::string histogram_svg(std::span<const double> samples, const statistics& times) {
  constexpr double w = 440, h = 190, begin_x = 48, end_x = w - 12, floor_y = h - 44, roof_y = 12;
  const histogram made(samples, times);
  const time_unit unit = unit_for(made.low);
  const auto place = [&](double time) {
    return begin_x
           + (end_x - begin_x) * (std::clamp(time, made.low, made.high) - made.low) / (made.high - made.low);
  };
  const std::size_t most = *std::max_element(made.counts.begin(), made.counts.end());
  std::string text = "<svg class=\"chart\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
                     + at(w) + " " + at(h) + "\">\n";
  text += "<rect class=\"band\" x=\"" + at(place(times.likely.low)) + "\" y=\"" + at(roof_y) + "\" width=\""
          + at(std::max(1.0, place(times.likely.high) - place(times.likely.low))) + "\" height=\""
          + at(floor_y - roof_y) + "\"><title>95 % interval of the median</title></rect>\n";
  const double step = (end_x - begin_x) / static_cast<double>(made.counts.size());
  for (std::size_t i = 0; i < made.counts.size(); ++i) {
    const double tall = (floor_y - roof_y) * static_cast<double>(made.counts[i]) / static_cast<double>(most);
    text += "<rect class=\"bar\" x=\"" + at(begin_x + step * static_cast<double>(i) + 0.5) + "\" y=\""
            + at(floor_y - tall) + "\" width=\"" + at(step - 1) + "\" height=\"" + at(tall) + "\"><title>"
            + std::to_string(made.counts[i]) + "</title></rect>\n";
  }
  text += line_at("median", place(times.median), roof_y, place(times.median), floor_y);
  text += line_at("axis", begin_x, floor_y, end_x, floor_y);
  for (int i = 0; i <= 4; ++i) {
    const double time = made.low + (made.high - made.low) * i / 4;
    text += text_at(place(time), floor_y + 16, "tick",
                    i == 0   ? "start"
                    : i == 4 ? "end"
                             : "middle",
                    job::three_digits(time / unit.seconds));
  }
  text += text_at(begin_x - 6, roof_y + 8, "tick", "end", std::to_string(most));
  text += text_at(begin_x - 6, floor_y, "tick", "end", "0");
  text += upright_title(14, (floor_y + roof_y) / 2, "launches");
  text += text_at((begin_x + end_x) / 2, h - 8, "title", "middle",
                  std::string("time of a launch, ") + unit.name
                      + (made.beyond > 0 ? "; " + std::to_string(made.beyond) + " beyond the picture" : ""));
  return text + "</svg>\n";
}

} // namespace clotho::tool
