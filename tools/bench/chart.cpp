// SPDX-License-Identifier: Apache-2.0
// The subcommand chart: tables and a picture for the documentation, from what the suite algo found.
#include "chart.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>

#include "support/output.hpp"

namespace clotho::bench {
namespace {

// "basic" of "basic: sort u32 1M".
std::string part_of(const row& of) {
  const std::size_t end = of.name.find(": ");
  return end == std::string::npos ? std::string() : of.name.substr(0, end);
}

std::string name_without_part(const row& of) {
  const std::string part = part_of(of);
  return part.empty() ? of.name : of.name.substr(part.size() + 2);
}

// Where nothing is written by hand, the library that is the measure of its field.
bool stands_for_native(const row& of) {
  const std::string name = name_without_part(of);
  const auto is = [&](const char* kind, const char* peer) {
    return name.find(kind) != std::string::npos && of.peer == peer;
  };
  return of.peer.starts_with("native") || is("gemm", "OpenBLAS SkylakeX") || is("fft", "FFTW");
}

chart_case& case_for(std::vector<chart_case>& all, const row& of) {
  const std::string name = name_without_part(of);
  const auto known =
      std::find_if(all.begin(), all.end(), [&](const chart_case& one) { return one.name == name; });
  if (known != all.end()) return *known;
  all.push_back({name, of.n, of.value, of.unit, of.rate, of.rate_unit, {}, {}});
  return all.back();
}

void add(chart_case& to, const row& of) {
  if (of.goal) ++to.goals, to.met += of.ahead >= *of.goal;
  if (of.peer == "allowance") return;
  const chart_peer peer{of.peer, of.ahead, of.goal};
  if (stands_for_native(of))
    to.native = peer;
  else
    to.peers.push_back(peer);
}

std::string_view kind_of(const chart_case& of) {
  const std::string_view name = of.name;
  // "fft 1024 x 1024", "sort u32 1M".
  const std::size_t batch = name.find(" x ");
  return name.substr(0, name.rfind(' ', batch == std::string_view::npos ? batch : batch - 1));
}

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value >= 99.5 ? "%.0f" : value >= 9.95 ? "%.1f" : "%.2f", value);
  return text;
}

report read_report(const std::string& file) {
  try {
    return report_from_json(nlohmann::json::parse(os::read_text(file)));
  } catch (const nlohmann::json::exception&) {
    throw argument_error("'" + printable(file) + "' is nothing that clotho-bench --json wrote");
  }
}

report read_reports(const std::vector<std::string>& files) {
  report all = read_report(files.front());
  for (std::size_t i = 1; i < files.size(); ++i) {
    const report next = read_report(files[i]);
    all.rows.insert(all.rows.end(), next.rows.begin(), next.rows.end());
  }
  return all;
}

std::string chosen_part(const report& from, const std::string& wanted) {
  const std::vector<std::string> parts = chart_parts(from);
  if (wanted.empty()) return parts.empty() ? std::string() : parts.front();
  if (std::find(parts.begin(), parts.end(), wanted) == parts.end())
    throw argument_error("there is no part '" + printable(wanted) + "'; there are " + join(parts, ", "));
  return wanted;
}

} // namespace

std::vector<std::string> chart_parts(const report& from) {
  std::vector<std::string> parts;
  for (const row& one : from.rows)
    if (std::find(parts.begin(), parts.end(), part_of(one)) == parts.end()) parts.push_back(part_of(one));
  return parts;
}

std::vector<chart_case> chart_cases(const report& from, const std::string& part) {
  std::vector<chart_case> all;
  for (const row& one : from.rows)
    if (part_of(one) == part) add(case_for(all, one), one);
  for (chart_case& one : all)
    std::stable_sort(one.peers.begin(), one.peers.end(),
                     [](const chart_peer& a, const chart_peer& b) { return a.ahead < b.ahead; });
  return all;
}

std::vector<chart_case> largest_cases(const std::vector<chart_case>& of) {
  std::vector<chart_case> largest;
  for (const chart_case& one : of) {
    const auto known = std::find_if(largest.begin(), largest.end(),
                                    [&](const chart_case& other) { return kind_of(other) == kind_of(one); });
    if (known == largest.end())
      largest.push_back(one);
    else if (one.n > known->n)
      *known = one;
  }
  return largest;
}

std::string chart_table(const std::vector<chart_case>& of) {
  std::string text =
      "| case | clotho | rate | of native | times faster than | goals met |\n|---|---|---|---|---|---|\n";
  for (const chart_case& one : of) {
    std::vector<std::string> peers;
    for (const chart_peer& peer : one.peers) peers.push_back(peer.name + " " + short_number(peer.ahead));
    text += "| " + one.name + " | " + short_number(one.value) + " " + one.unit + " | "
            + short_number(one.rate) + " " + one.rate_unit + " | "
            + (one.native ? short_number(one.native->ahead) : "-") + " | "
            + (peers.empty() ? "-" : join(peers, "; ")) + " | "
            + (one.goals ? std::to_string(one.met) + " of " + std::to_string(one.goals) : "-") + " |\n";
  }
  return text;
}

int run_chart(const chart_options& options) {
  const report found = read_reports(options.results);
  const std::string part = chosen_part(found, options.part);
  const std::vector<chart_case> cases = chart_cases(found, part);
  if (cases.empty()) throw argument_error("there is no case of clotho in these results");
  if (!options.svg.empty())
    os::write_file(options.svg,
                   chart_svg(largest_cases(cases), found.device + (part.empty() ? "" : ", " + part)));
  if (options.table || options.svg.empty()) tool::print(chart_table(cases));
  return 0;
}

} // namespace clotho::bench
