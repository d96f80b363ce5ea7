#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/statistics.hpp"

namespace clotho::tool {

/// Lines and marks over two logarithmic axes. Values must be above zero.
struct log_chart {
  struct line {
    std::string label;
    std::vector<std::pair<double, double>> points;
    bool label_is_below = false; ///< right of a line that rises, else left of it and above
  };
  struct mark {
    double x = 0, y = 0;
    std::string label, explanation; ///< beside it, and when pointed at
  };
  std::string x_title, y_title;
  std::vector<line> lines;
  std::vector<mark> marks;
};

/// An SVG picture, whose colours are those of chart_style.
[[nodiscard]] std::string to_svg(const log_chart& chart);

/// How often which time was taken: bars, the median as a line and its interval at 95 % as a band. What lies
/// beyond Tukey's outer fences is not drawn, but counted. `samples` in seconds, not empty.
[[nodiscard]] std::string histogram_svg(std::span<const double> samples, const statistics& times);

/// The style sheet of these pictures and the page around them, for light and for dark.
extern const std::string_view chart_style;

} // namespace clotho::tool
