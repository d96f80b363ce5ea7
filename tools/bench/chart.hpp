#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>
#include <vector>

#include "support/report.hpp"

namespace clotho::bench {

/// A peer in a case.
struct chart_peer {
  std::string name;
  double ahead = 0; ///< how many times faster clotho is
  std::optional<double> goal;
};

/// One case with all that were beside clotho in it.
struct chart_case {
  std::string name;
  double n = 0;
  double value = 0;
  std::string unit;
  double rate = 0;
  std::string rate_unit;
  std::optional<chart_peer> native; ///< what is written by hand, or the library that stands for it
  std::vector<chart_peer> peers;    ///< the others, those nearest to clotho first
  std::size_t goals = 0, met = 0;
};

/// The parts of a report of the suite algo that rows begin with: "basic", "default".
[[nodiscard]] std::vector<std::string> chart_parts(const report& from);
/// The cases of one of them, in their order; all cases of a report without parts, for an empty one.
[[nodiscard]] std::vector<chart_case> chart_cases(const report& from, const std::string& part);
/// Of each kind ("sort u32") the largest.
[[nodiscard]] std::vector<chart_case> largest_cases(const std::vector<chart_case>& of);

/// A table in Markdown, a line a case.
[[nodiscard]] std::string chart_table(const std::vector<chart_case>& of);
/// A picture: clotho's speed as a multiple of native code's and of the best peer's, on a logarithmic scale.
[[nodiscard]] std::string chart_svg(const std::vector<chart_case>& of, const std::string& subtitle);

/// The subcommand chart.
struct chart_options {
  std::vector<std::string> results; ///< files that `clotho-bench algo --json` wrote
  std::string svg;                  ///< the file to write the picture to; empty: none
  std::string part;                 ///< empty: the first there is
  bool table = false;               ///< on standard output
};
int run_chart(const chart_options& options);

} // namespace clotho::bench
