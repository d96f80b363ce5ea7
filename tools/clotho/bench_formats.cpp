// SPDX-License-Identifier: Apache-2.0
#include "bench_formats.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <thread>

#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>

namespace clotho::tool {
namespace {

std::string time_text(double seconds) {
  return job::duration_text(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

std::string rate_text(double value) { return value > 0 ? job::three_digits(value) : "-"; }

std::vector<std::string> cells_of(const bench_row& row) {
  return {row.name(),
          time_text(row.times.median),
          job::percent_text(row.times.uncertainty()),
          time_text(row.times.least),
          std::to_string(row.times.count),
          std::to_string(row.times.outliers.all()),
          rate_text(row.gb_per_s()),
          rate_text(row.gflop_per_s()),
          row.bound ? job::percent_text(row.reached()) : "-",
          row.bound ? (row.bound->is_memory() ? "memory" : "arithmetic") : "-"};
}

std::string number(double value) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string utc_time() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S+00:00", &parts);
  return text.data();
}

double deviation(const bench_row& row) {
  double sum = 0;
  for (const double sample : row.samples) sum += (sample - row.times.mean) * (sample - row.times.mean);
  return row.samples.size() < 2 ? 0 : std::sqrt(sum / static_cast<double>(row.samples.size() - 1));
}

class google_writer {
 public:
  explicit google_writer(const bench_report& report) : report_(report) {}

  nlohmann::json write() {
    for (const bench_row& row : report_.rows) add(row);
    const unsigned cores = std::thread::hardware_concurrency();
    return {{"context",
             {{"date", utc_time()},
              {"host_name", ""},
              {"executable", "clotho bench " + report_.file},
              {"num_cpus", cores},
              {"mhz_per_cpu", 0},
              {"cpu_scaling_enabled", false},
              {"caches", nlohmann::json::array()},
              {"load_avg", nlohmann::json::array()},
              {"library_build_type", "release"}}},
            {"benchmarks", runs_}};
  }

 private:
  [[nodiscard]] std::string name_of(const bench_row& row) const {
    std::string name = row.kernel;
    for (const auto& [argument, value] : row.point) name += "/" + argument + ":" + std::to_string(value);
    return report_.devices.size() > 1 ? name + "/device:" + report_.devices[row.device].name : name;
  }

  [[nodiscard]] nlohmann::json run_of(const bench_row& row, const std::string& name, double seconds) const {
    nlohmann::json run{{"name", name},
                       {"family_index", family_},
                       {"per_family_instance_index", 0},
                       {"run_name", name_of(row)},
                       {"run_type", "iteration"},
                       {"repetitions", row.samples.size()},
                       {"threads", 1},
                       {"iterations", 1},
                       {"real_time", seconds * 1e6},
                       {"cpu_time", seconds * 1e6},
                       {"time_unit", "us"}};
    if (row.bytes > 0) run["bytes_per_second"] = static_cast<double>(row.bytes) / seconds;
    if (row.flops) run["flops_per_second"] = *row.flops / seconds;
    return run;
  }

  void add(const bench_row& row) {
    const std::string name = name_of(row);
    for (std::size_t i = 0; i < row.samples.size(); ++i) {
      runs_.push_back(run_of(row, name, row.samples[i]));
      runs_.back()["repetition_index"] = i;
    }
    const std::pair<const char*, double> aggregates[] = {
        {"mean", row.times.mean}, {"median", row.times.median}, {"stddev", deviation(row)}};
    for (const auto& [kind, seconds] : aggregates) {
      nlohmann::json run = run_of(row, name + "_" + kind, seconds);
      run["run_type"] = "aggregate";
      run["aggregate_name"] = kind;
      run["aggregate_unit"] = "time";
      run["iterations"] = row.samples.size();
      run.erase("bytes_per_second"), run.erase("flops_per_second");
      runs_.push_back(std::move(run));
    }
    ++family_;
  }

  const bench_report& report_;
  nlohmann::json runs_ = nlohmann::json::array();
  int family_ = 0;
};

} // namespace

bench_table rows_of(const bench_report& report) {
  bench_table table{{{"kernel"},
                     {"median", true},
                     {"+- 95%", true},
                     {"least", true},
                     {"launches", true},
                     {"outliers", true},
                     {"GB/s", true},
                     {"GFLOP/s", true},
                     {"of roof", true},
                     {"bound"}},
                    {}};
  const bool has_several = report.devices.size() > 1;
  if (has_several) table.columns.push_back({"device"});
  for (const bench_row& row : report.rows) {
    table.rows.push_back(cells_of(row));
    if (has_several) table.rows.back().push_back(report.devices[row.device].name);
  }
  return table;
}

bench_table ceilings_of(const bench_report& report) {
  bench_table table{{{"ceiling"}, {"at most", true}, {"by"}, {"device"}}, {}};
  for (const bench_device& device : report.devices) {
    for (const ceiling& one : device.copies)
      table.rows.push_back({"copy of " + format_size(one.bytes),
                            job::three_digits(one.per_second * 1e-9) + " GB/s", one.kernel, device.name});
    if (device.multiply_adds)
      table.rows.push_back({"multiply-add " + device.multiply_add_type,
                            job::three_digits(device.multiply_adds->per_second * 1e-9) + " GFLOP/s",
                            device.multiply_adds->kernel, device.name});
  }
  return table;
}

std::string to_markdown(const bench_table& table) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) {
      std::string escaped;
      for (const char c : printable(cell)) escaped += c == '|' ? "\\|" : std::string(1, c);
      text += " " + escaped + " |";
    }
    return text + "\n";
  };
  std::vector<std::string> titles, rules;
  for (const column& one : table.columns)
    titles.push_back(one.title), rules.push_back(one.right ? "---:" : "---");
  std::string text = line(titles) + line(rules);
  for (const std::vector<std::string>& row : table.rows) text += line(row);
  return text;
}

std::string to_csv(const bench_report& report) {
  std::string text =
      "kernel,parameters,device,median_us,low_us,high_us,least_us,quartile_range_us,launches,outliers,"
      "work_items,bytes,flops,gb_per_s,gflop_per_s,of_roof,bound\n";
  for (const bench_row& row : report.rows) {
    const std::vector<std::string> cells{csv_text(row.kernel),
                                         csv_text(to_string(row.point)),
                                         csv_text(report.devices[row.device].name),
                                         number(row.times.median * 1e6),
                                         number(row.times.likely.low * 1e6),
                                         number(row.times.likely.high * 1e6),
                                         number(row.times.least * 1e6),
                                         number(row.times.quartile_range() * 1e6),
                                         std::to_string(row.times.count),
                                         std::to_string(row.times.outliers.all()),
                                         std::to_string(row.work_items),
                                         std::to_string(row.bytes),
                                         row.flops ? number(*row.flops) : "",
                                         number(row.gb_per_s()),
                                         row.flops ? number(row.gflop_per_s()) : "",
                                         row.bound ? number(row.reached()) : "",
                                         row.bound ? (row.bound->is_memory() ? "memory" : "arithmetic") : ""};
    text += join(cells, ",") + "\n";
  }
  return text;
}

nlohmann::json to_google_benchmark(const bench_report& report) { return google_writer(report).write(); }

} // namespace clotho::tool
