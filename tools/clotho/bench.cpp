// SPDX-License-Identifier: Apache-2.0
// clotho bench: how fast a kernel is, and how fast it could be.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>

#include "bench_case.hpp"
#include "bench_compare.hpp"
#include "bench_formats.hpp"
#include "bench_page.hpp"
#include "command.hpp"
#include "interrupt.hpp"
#include "kernel_options.hpp"
#include "progress_bar.hpp"
#include "run_report.hpp"
#include "support/diagnostics.hpp"
#include "support/exit_code.hpp"
#include "support/failure.hpp"
#include "support/machine_load.hpp"
#include "support/options.hpp"
#include "support/stdout_guard.hpp"

namespace clotho::tool {
namespace {

namespace fs = std::filesystem;

struct bench_command {
  kernel_options kernel;
  std::string selector, format = "table";
  std::vector<std::string> sweeps;
  fs::path save, html;
  double seconds = 1;
  bool tuned = false, reset = false, no_roof = false, no_cache = false;
};

// One benchmark, device by device, case by case.
class benchmark {
 public:
  benchmark(const bench_command& given, const std::atomic<bool>& stop)
      : given_(given), stop_(stop), points_(parse_sweeps(given.sweeps)),
        target_(split_target(given.kernel.target)) {
    if (is_pipeline(target_.file))
      throw argument_error(
          "'" + target_.file.string()
          + "' is a pipeline; clotho bench takes kernel files, and clotho run --repeat times "
            "the steps of a pipeline");
    make_pipelines(nullptr); // Complains before anything is measured.
    report_.file = target_.file.string();
  }

  // All that failed is thrown, but of several cases those that went well are worth having.
  bench_report run() {
    const std::vector<device> devices = select_devices(given_.selector);
    all_ = devices.size() * points_.size();
    for (const device& one : devices) run_on(one);
    if (report_.rows.empty() && failure_) std::rethrow_exception(failure_);
    return std::move(report_);
  }
  /// Whether every expectation held, and every case could be measured.
  [[nodiscard]] bool holds() const noexcept { return holds_ && !failure_; }
  /// What came in the way of a case.
  [[nodiscard]] std::exception_ptr failure() const noexcept { return failure_; }

 private:
  // With the macros that are best for a device, if it is given.
  void make_pipelines(const device_info* device) {
    pipelines_.clear();
    for (const sweep_point& point : points_) {
      job::bare_kernel what = kernel_at(point);
      if (device) apply_tuning(what, *device, !pipelines_.empty());
      pipelines_.push_back(job::make_pipeline(what));
    }
  }

  [[nodiscard]] job::bare_kernel kernel_at(const sweep_point& point) const {
    job::bare_kernel what = make_bare_kernel(given_.kernel, target_);
    for (const auto& [name, value] : point) {
      const auto is_it = [&swept = name](const job::named_value& one) { return one.name == swept; };
      what.given.erase(std::remove_if(what.given.begin(), what.given.end(), is_it), what.given.end());
      what.given.push_back({name, job::literal{{std::to_string(value)}}});
    }
    return what;
  }

  void run_on(const device& where) {
    runtime_options options = measuring_runtime({}, !given_.no_cache);
    options.device_list = {where};
    const std::size_t index = report_.devices.size();
    const std::size_t former = report_.rows.size();
    report_.devices.push_back({where.info().name, where.info().driver_version, {}, {}, {}});
    try {
      if (given_.tuned) make_pipelines(&where.info());
      const runtime rt(std::move(options));
      for (std::size_t i = 0; i < points_.size(); ++i)
        attempt(where, points_[i], [&] { measure(rt, i, index); });
      if (!given_.no_roof && report_.rows.size() > former)
        attempt(where, {}, [&] { add_roofs(rt, report_.devices[index], former); });
    } catch (const job::interrupted&) {
      throw;
    } catch (...) {
      note_failure(where, {});
    }
  }

  template <class Act> void attempt(const device& where, const sweep_point& point, const Act& act) {
    try {
      act();
    } catch (const job::interrupted&) {
      throw;
    } catch (...) {
      note_failure(where, point);
    }
  }

  void note_failure(const device& where, const sweep_point& point) {
    if (!failure_) failure_ = std::current_exception();
    try {
      throw;
    } catch (const std::exception& why) {
      const std::string text = why.what();
      report_.missing.push_back((point.empty() ? "" : to_string(point) + " ") + "on " + where.info().name
                                + ": " + text.substr(0, text.find('\n')));
    }
  }

  void measure(const runtime& rt, std::size_t i, std::size_t device) {
    bar_.show(done_++, all_, to_string(points_[i]));
    bench_options how;
    how.limits.seconds = given_.seconds;
    how.use_cache = !given_.no_cache;
    how.reset = given_.reset;
    how.stop = &stop_;
    bench_result result = run_case(rt, pipelines_[i], how);
    if (i == 0)
      for (const diagnostic& message : result.messages) print_plain_to_stderr(excerpt(message, 2));
    for (const job::expectation_report& one : result.expectations) {
      if (!one.holds)
        print_error("expectation failed: " + one.buffer + " = " + one.expected + ": " + to_string(one));
      holds_ = holds_ && one.holds;
    }
    result.row.point = points_[i];
    result.row.device = device;
    report_.rows.push_back(std::move(result.row));
  }

  void add_roofs(const runtime& rt, bench_device& device, std::size_t first) {
    ceiling_meter meter(rt, stop_);
    const scalar type = arithmetic_of(pipelines_.front().steps.front());
    for (std::size_t i = first; i < report_.rows.size(); ++i) {
      bench_row& row = report_.rows[i];
      if (row.bytes > 0 || row.flops.value_or(0) > 0) row.bound = measure_roof(meter, row, type);
    }
    for (const auto& [bytes, one] : meter.copies()) device.copies.push_back(one);
    for (const auto& [kind, one] : meter.multiply_adds())
      device.multiply_adds = one, device.multiply_add_type = short_name(kind);
  }

  const bench_command& given_;
  const std::atomic<bool>& stop_;
  std::vector<sweep_point> points_;
  target_name target_;
  std::vector<job::pipeline> pipelines_; // a point each
  bench_report report_;
  progress_bar bar_;
  std::size_t done_ = 0, all_ = 0;
  bool holds_ = true;
  std::exception_ptr failure_;
};

void print_report(const bench_report& report, const std::string& format) {
  const bench_table rows = rows_of(report), ceilings = ceilings_of(report);
  if (format == "json") return print_json(to_json(report));
  if (format == "gbench") return print_json(to_google_benchmark(report));
  if (format == "csv") return print(to_csv(report));
  if (format == "md")
    return print(to_markdown(rows) + (ceilings.rows.empty() ? "" : "\n" + to_markdown(ceilings)));
  print_table(rows.columns, rows.rows);
  if (ceilings.rows.empty()) return;
  print("\n");
  print_table(ceilings.columns, ceilings.rows);
}

void note_noise(const bench_report& report) {
  for (const bench_row& row : report.rows)
    if (!row.is_stable && row.times.uncertainty() > 0.05)
      print_note(row.name() + ": the median is known to " + job::percent_text(row.times.uncertainty())
                 + " only; give it more time with --seconds, or a quieter machine");
  if (report.others > bench::quiet_cores)
    print_note("other processes used " + job::three_digits(report.others)
               + " cores meanwhile: expect noise that the intervals do not show");
  for (const std::string& why : report.missing) print_warning("not measured: " + why);
}

int run(const bench_command& given) {
  if (given.kernel.target.empty())
    throw argument_error(
        "name a kernel file, as in clotho bench saxpy.cl, or compare two results: clotho bench "
        "compare OLD.json NEW.json");
  const interrupt_request interrupt;
  const stdout_guard guard; // Kernels may print: that is no data of ours.
  benchmark all(given, interrupt.flag());
  const bench::load_meter load;
  bench_report report = all.run();
  report.others = load.others();
  if (!given.save.empty()) os::write_file(given.save, to_json(report).dump(1) + "\n");
  if (!given.html.empty()) os::write_file(given.html, to_html(report));
  print_report(report, given.format);
  note_noise(report);
  if (all.failure()) {
    try {
      std::rethrow_exception(all.failure());
    } catch (...) {
      return status(exit_code_of_current_exception());
    }
  }
  return status(all.holds() ? exit_code::ok : exit_code::failed);
}

struct compare_command {
  fs::path before, after;
  std::string threshold = "5%";
  bool json = false;
};

double parse_threshold(const std::string& text) {
  const std::string_view number =
      text.ends_with('%') ? std::string_view(text).substr(0, text.size() - 1) : text;
  const std::optional<double> value = parse_double(number);
  if (!value || !(*value >= 0) || !std::isfinite(*value))
    throw argument_error("--threshold " + printable(text) + ": give a part of the time, as in 5%");
  return *value / 100;
}

nlohmann::json read_document(const fs::path& file) {
  try {
    return nlohmann::json::parse(os::read_text(file));
  } catch (const nlohmann::json::exception& why) {
    throw format_error({file.string(), 0, 0}, printable(why.what()));
  }
}

std::string range_text(double median, const interval& range, const std::string& unit) {
  return job::three_digits(median) + " " + unit + " [" + job::three_digits(range.low) + ", "
         + job::three_digits(range.high) + "]";
}

void print_comparison(const comparison_report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const comparison& one : report.cases)
    rows.push_back({one.name, range_text(one.before, one.before_range, one.unit),
                    range_text(one.after, one.after_range, one.unit),
                    (one.change() < 0 ? "-" : "+") + job::percent_text(std::abs(one.change())),
                    to_string(one.found)});
  print_table({{"case"}, {"before", true}, {"after", true}, {"change", true}, {""}}, rows);
}

int compare(const compare_command& given) {
  const comparison_report report =
      compare_benchmarks(read_document(given.before), given.before.string(), read_document(given.after),
                         given.after.string(), parse_threshold(given.threshold));
  if (given.json)
    print_json(to_json(report));
  else
    print_comparison(report);
  for (const std::string& name : report.removed)
    print_warning("only in '" + given.before.string() + "': " + name);
  for (const std::string& name : report.added) print_note("only in '" + given.after.string() + "': " + name);
  if (report.cases.empty()) throw argument_error("the two files have no case in common");
  return status(report.has_regression() ? exit_code::failed : exit_code::ok);
}

void add_compare(CLI::App& bench, action& chosen) {
  auto given = std::make_shared<compare_command>();
  CLI::App* command = bench.add_subcommand(
      "compare", "Compare two saved results; exit status 1 when something became slower");
  command->add_option("old", given->before, "what --save wrote, or clotho-bench --json")
      ->required()
      ->type_name("OLD.json");
  command->add_option("new", given->after, "the same, later")->required()->type_name("NEW.json");
  command->add_option("--threshold", given->threshold, "differences up to this are noise (default: 5%)")
      ->type_name("PERCENT");
  add_json_flag(*command, given->json);
  set_examples(*command, {"clotho bench compare old.json new.json --threshold 3%"});
  command->callback([&chosen, given] { chosen = [given] { return compare(*given); }; });
}

} // namespace

void add_bench(CLI::App& program, action& chosen) {
  auto given = std::make_shared<bench_command>();
  CLI::App* command =
      program.add_subcommand("bench", "Measure a kernel, and how far it is from what is possible");
  command->add_option("file", given->kernel.target, "a kernel file")->type_name("FILE.cl[:KERNEL]");
  add_values(*command, given->kernel);
  add_kernel_options(*command, given->kernel);
  add_expect_option(*command, given->kernel);
  command
      ->add_option(
          "--sweep", given->sweeps,
          "measure it with each of these values: n=1k,10k,1M; k, M, G are powers of 1000, Ki, Mi, Gi of 1024")
      ->type_name("NAME=N,N,...")
      ->allow_extra_args(false);
  command->add_option("--seconds", given->seconds, "time for each case, at most (default: 1)")
      ->type_name("S")
      ->check(CLI::Range(0.001, 3600.0).description(""));
  command->add_flag("--reset", given->reset, "put back what the kernel changes before each launch");
  command->add_flag("--no-roof", given->no_roof, "do not measure what the device can do at most");
  add_device_option(*command, given->selector);
  add_tuned_flag(*command, given->tuned);
  command->add_flag("--no-cache", given->no_cache, "compile, whatever is in clotho's cache");
  command->add_option("--format", given->format, "table, json, gbench (Google Benchmark's JSON), csv or md")
      ->type_name("FORM")
      ->check(CLI::IsMember({"table", "json", "gbench", "csv", "md"}).description(""));
  command->add_flag_callback(
      "--json", [given] { given->format = "json"; }, "the same as --format json");
  command->add_option("--save", given->save, "keep the result, for clotho bench compare")
      ->type_name("FILE.json");
  command->add_option("--html", given->html, "write a page with roofline and histograms, which loads nothing")
      ->type_name("FILE.html");
  add_compare(*command, chosen);
  set_examples(*command, {"clotho bench saxpy.cl --sweep n=1k,100k,10M -d all",
                          "clotho bench saxpy.cl --save old.json --html saxpy.html",
                          "clotho bench compare old.json new.json"});
  command->callback([&chosen, given] {
    if (!chosen) chosen = [given] { return run(*given); };
  });
}

} // namespace clotho::tool
