// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "chart.hpp"

namespace clotho::bench {
namespace {

constexpr int width = 780, top = 78, row_height = 30, bar_height = 10;
constexpr int plot_left = 134, plot_right = 574, text_left = 588;
constexpr const char *native_color = "#6b7280", *peer_color = "#2563eb", *behind_color = "#d97706",
                     *ink = "#1f2937", *grid = "#e5e7eb";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

// Two significant digits.
std::string times(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value >= 9.95 ? "%.0f" : value >= 0.995 ? "%.1f" : "%.2f", value);
  return text;
}

class picture {
 public:
  picture(const std::vector<chart_case>& of, std::string subtitle)
      : cases_(of), subtitle_(std::move(subtitle)) {
    for (const chart_case& one : of) {
      if (one.native) include(one.native->ahead);
      if (!one.peers.empty()) include(one.peers.front().ahead);
    }
  }

  std::string draw() {
    const int height = top + row_height * static_cast<int>(cases_.size()) + 34;
    text_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(width) + " "
            + std::to_string(height) + "\" width=\"" + std::to_string(width) + "\" height=\""
            + std::to_string(height)
            + "\" font-family=\"system-ui, -apple-system, 'DejaVu Sans', sans-serif\" font-size=\"12\">\n";
    rectangle(0, 0, width, height, "#ffffff");
    heading();
    for (const double tick :
         {0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0})
      if (tick >= least_ * 0.999 && tick <= most_ * 1.001) draw_tick(tick, height - 26);
    for (std::size_t i = 0; i < cases_.size(); ++i)
      draw_case(cases_[i], top + row_height * static_cast<int>(i));
    return text_ + "</svg>\n";
  }

 private:
  // The axis goes to the next round number.
  void include(double ahead) {
    constexpr double steps[] = {0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    const auto* const above = std::upper_bound(std::begin(steps), std::end(steps), ahead);
    least_ = std::min(least_, above == std::begin(steps) ? ahead : *(above - 1));
    most_ = std::max(most_, above == std::end(steps) ? ahead : *above);
  }

  [[nodiscard]] double x_of(double ahead) const {
    const double share = std::log(std::clamp(ahead, least_, most_) / least_) / std::log(most_ / least_);
    return plot_left + share * (plot_right - plot_left);
  }

  void rectangle(double x, double y, double w, double h, const std::string& fill) {
    text_ += "<rect x=\"" + decimal(x) + "\" y=\"" + decimal(y) + "\" width=\"" + decimal(w) + "\" height=\""
             + decimal(h) + "\" fill=\"" + fill + "\"/>\n";
  }
  void write(double x, double y, const std::string& what, const std::string& how = "") {
    text_ += "<text x=\"" + decimal(x) + "\" y=\"" + decimal(y) + "\" fill=\"" + ink + "\""
             + (how.empty() ? "" : " " + how) + ">" + escaped(what) + "</text>\n";
  }

  void heading() {
    write(16, 24, "How fast clotho's primitives are, as a multiple of others' speed",
          "font-size=\"16\" font-weight=\"600\"");
    write(16, 42, subtitle_, "fill-opacity=\"0.7\"");
    rectangle(plot_left, 50, 10, 10, native_color);
    write(plot_left + 15, 59, "beside native code");
    rectangle(plot_left + 150, 50, 10, 10, peer_color);
    write(plot_left + 165, 59, "beside the best other library");
    rectangle(plot_left + 365, 50, 10, 10, behind_color);
    write(plot_left + 380, 59, "slower than that");
  }

  void draw_tick(double at, int bottom) {
    const std::string x = decimal(x_of(at));
    text_ += "<line x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + std::to_string(top - 8) + "\" y2=\""
             + std::to_string(bottom) + "\" stroke=\"" + (at == 1 ? ink : grid) + "\"/>\n";
    char label[16];
    std::snprintf(label, sizeof label, "%g", at);
    write(x_of(at), bottom + 15, std::string(label) + "x", "text-anchor=\"middle\" fill-opacity=\"0.7\"");
  }

  // From 1, to the right where clotho is faster.
  void bar(double ahead, int y, const char* color) {
    const double one = x_of(1), end = x_of(ahead);
    rectangle(std::min(one, end), y, std::max(std::abs(end - one), 1.5), bar_height, color);
  }

  void draw_case(const chart_case& one, int y) {
    write(plot_left - 8, y + 15, one.name, "text-anchor=\"end\"");
    std::string said;
    if (one.native) {
      bar(one.native->ahead, y, native_color);
      said = times(one.native->ahead) + "x " + one.native->name;
    }
    if (!one.peers.empty()) {
      const chart_peer& best = one.peers.front();
      bar(best.ahead, y + bar_height + 1, best.ahead < 1 ? behind_color : peer_color);
      write(text_left, y + 21, times(best.ahead) + "x " + best.name, "font-size=\"11\"");
    }
    write(text_left, y + 9, said, "font-size=\"11\"");
  }

  const std::vector<chart_case>& cases_;
  std::string subtitle_, text_;
  double least_ = 0.5, most_ = 2;
};

} // namespace

std::string chart_svg(const std::vector<chart_case>& of, const std::string& subtitle) {
  return picture(of, subtitle).draw();
}

} // namespace clotho::bench
