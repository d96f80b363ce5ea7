// SPDX-License-Identifier: Apache-2.0
#include "bench_page.hpp"

#include <algorithm>
#include <cmath>

#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>
#include <clotho/job/html_text.hpp>

#include "bench_chart.hpp"
#include "bench_formats.hpp"

namespace clotho::tool {
namespace {

using job::html;

constexpr std::size_t most_histograms = 60;

std::string to_html(const bench_table& table) {
  std::string text = "<div class=\"wide\"><table><tr>";
  for (const column& one : table.columns)
    text += std::string(one.right ? "<th class=\"n\">" : "<th>") + html(one.title) + "</th>";
  for (const std::vector<std::string>& row : table.rows) {
    text += "</tr>\n<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      text += std::string(table.columns[i].right ? "<td class=\"n\">" : "<td>") + html(row[i]) + "</td>";
  }
  return text + "</tr>\n</table></div>\n";
}

std::string explanation(const bench_row& row) {
  std::string text = row.name() + ": " + job::three_digits(row.gb_per_s()) + " GB/s";
  if (row.flops) text += ", " + job::three_digits(row.gflop_per_s()) + " GFLOP/s";
  return row.bound ? text + ", " + job::percent_text(row.reached()) + " of what is possible" : text;
}

// Of a sweep the sizes are enough to tell the marks apart.
std::string label_of(const bench_row& row) { return row.point.empty() ? row.kernel : to_string(row.point); }

std::vector<const bench_row*> rows_on(const bench_report& report, std::size_t device, bool with_flops) {
  std::vector<const bench_row*> found;
  for (const bench_row& row : report.rows)
    if (row.device == device && row.bytes > 0 && (!with_flops || row.flops)) found.push_back(&row);
  return found;
}

double intensity(const bench_row& row) { return *row.flops / static_cast<double>(row.bytes); }

std::string copy_label(const ceiling& copy) {
  return "copy of " + format_size(copy.bytes) + ": " + job::three_digits(copy.per_second * 1e-9) + " GB/s";
}

// From the slope that memory allows to the level of the arithmetic.
log_chart roofline(const bench_device& device, const std::vector<const bench_row*>& rows) {
  log_chart chart{"operations a byte (FLOP/B)", "GFLOP/s", {}, {}};
  double low = intensity(*rows.front()), high = low;
  for (const bench_row* row : rows) {
    low = std::min(low, intensity(*row)), high = std::max(high, intensity(*row));
    chart.marks.push_back({intensity(*row), row->gflop_per_s(), label_of(*row), explanation(*row)});
  }
  if (!device.multiply_adds) return chart;
  const double peak = device.multiply_adds->per_second;
  const auto by_rate = [](const ceiling& a, const ceiling& b) { return a.per_second < b.per_second; };
  const auto [slowest, fastest] = std::minmax_element(device.copies.begin(), device.copies.end(), by_rate);
  low = std::min(low, peak / fastest->per_second) / 4, high = std::max(high, peak / slowest->per_second) * 4;
  for (const auto* copy : {&*fastest, &*slowest}) {
    const double ridge = peak / copy->per_second;
    chart.lines.push_back({copy_label(*copy),
                           {{low, low * copy->per_second * 1e-9}, {ridge, peak * 1e-9}},
                           copy == &*slowest && slowest != fastest});
    if (slowest == fastest) break;
  }
  chart.lines.push_back(
      {"multiply-add " + device.multiply_add_type + ": " + job::three_digits(peak * 1e-9) + " GFLOP/s",
       {{peak / fastest->per_second, peak * 1e-9}, {high, peak * 1e-9}},
       false});
  return chart;
}

log_chart rates(const bench_device& device, const std::vector<const bench_row*>& rows) {
  log_chart chart{"bytes of a launch", "GB/s", {}, {}};
  for (const bench_row* row : rows)
    chart.marks.push_back(
        {static_cast<double>(row->bytes), row->gb_per_s(), label_of(*row), explanation(*row)});
  if (device.copies.empty()) return chart;
  log_chart::line roof{device.copies.size() == 1 ? copy_label(device.copies[0]) : "copy of as many bytes",
                       {}};
  for (const ceiling& copy : device.copies)
    roof.points.emplace_back(static_cast<double>(copy.bytes), copy.per_second * 1e-9);
  if (roof.points.size() == 1) { // a level on both sides of the mark
    const auto [x, y] = roof.points.front();
    roof.points = {{x / 3, y}, {x * 3, y}};
  }
  chart.lines.push_back(std::move(roof));
  return chart;
}

std::string pictures(const bench_report& report) {
  std::string text;
  for (std::size_t i = 0; i < report.devices.size(); ++i) {
    const std::vector<const bench_row*> with_flops = rows_on(report, i, true),
                                        all = rows_on(report, i, false);
    if (all.empty()) continue;
    text += "<h2>" + std::string(with_flops.empty() ? "Bytes a second" : "Roofline") + ", "
            + html(report.devices[i].name) + "</h2>\n"
            + to_svg(with_flops.empty() ? rates(report.devices[i], all)
                                        : roofline(report.devices[i], with_flops));
  }
  return text;
}

std::string histograms(const bench_report& report) {
  std::string text = "<h2>Times</h2>\n<p>The line is the median, the band its interval at 95 %.</p>\n"
                     "<div class=\"histograms\">\n";
  for (std::size_t i = 0; i < std::min(report.rows.size(), most_histograms); ++i) {
    const bench_row& row = report.rows[i];
    text += "<figure><figcaption>" + html(row.name())
            + (report.devices.size() > 1 ? ", " + html(report.devices[row.device].name) : "")
            + "</figcaption>\n" + histogram_svg(row.samples, row.times) + "</figure>\n";
  }
  return text + "</div>\n";
}

} // namespace

std::string to_html(const bench_report& report) {
  std::string title = "clotho bench " + html(printable(report.file)), drivers;
  for (const bench_device& device : report.devices)
    drivers += (drivers.empty() ? "" : "; ") + html(device.name + ", " + device.driver);
  std::string text = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>"
                     + title + "</title>\n<style>" + std::string(chart_style) + "</style>\n<h1>" + title
                     + "</h1>\n<p>" + drivers + "</p>\n" + to_html(rows_of(report));
  const bench_table ceilings = ceilings_of(report);
  if (!ceilings.rows.empty())
    text += "<h2>What the device can do at most</h2>\n<p>Measured beside the kernel, by kernels that only "
            "copy or only "
            "multiply and add; the fastest of several shapes counts.</p>\n"
            + to_html(ceilings);
  return text + pictures(report) + histograms(report) + "</html>\n";
}

} // namespace clotho::tool
