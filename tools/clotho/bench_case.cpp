// SPDX-License-Identifier: Apache-2.0
#include "bench_case.hpp"

#include <algorithm>
#include <chrono>

#include <clotho/core/source.hpp>

namespace clotho::tool {
namespace {

using clock = std::chrono::steady_clock;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// Clocks may be too coarse to see a launch; a time of nothing has no rate.
double sample_of(std::chrono::nanoseconds launch) {
  return seconds(std::max(launch, std::chrono::nanoseconds(1)));
}

constexpr std::size_t hopeless_launches = 3;

} // namespace

bench_result run_case(const runtime& rt, const job::pipeline& pipeline, const bench_options& options) {
  sampling samples(options.limits);
  std::optional<clock::time_point> begin;
  job::run_options how;
  how.use_cache = options.use_cache;
  how.restore_each = options.reset;
  how.stop = options.stop;
  how.build_timeout = options.build_timeout;
  how.guard_bytes = options.guard_bytes;
  double fastest = 0;
  std::size_t launches = 0;
  how.again = [&](std::chrono::nanoseconds launch) {
    if (!begin) begin = clock::now() - launch;
    const double taken = sample_of(launch);
    fastest = launches++ == 0 ? taken : std::min(fastest, taken);
    const bool is_hopeless =
        options.hopeless_above && launches >= hopeless_launches && fastest > *options.hopeless_above;
    return samples.add(taken, seconds(clock::now() - *begin)) && !is_hopeless;
  };
  job::run_report report = job::run(rt, pipeline, how, options.keep);
  job::step_report& step = report.steps.front();
  bench_result result;
  result.expectations = std::move(report.expectations);
  result.messages = std::move(step.messages);
  result.arrays = std::move(report.arrays);
  result.overruns = std::move(report.overruns);
  result.row.kernel = step.kernel;
  result.row.by_device = step.device_times;
  result.row.work_items = step.work_items;
  result.row.bytes = step.kernel_bytes;
  result.row.bytes_declared = step.bytes_declared;
  result.row.flops = step.flops;
  result.row.samples = samples.samples();
  if (result.row.samples.empty()) result.row.samples = {fastest}; // given up while warming up
  result.row.warmup = samples.warmup();
  result.row.is_stable = samples.is_stable();
  result.row.times = describe(result.row.samples);
  return result;
}

scalar arithmetic_of(const job::step_spec& step) {
  const source_text source = load_source(step.file, step.include_folders);
  for (const kernel_signature& kernel : parse_signatures(source.text, step.defines))
    if (kernel.name == step.kernel)
      for (const kernel_argument& argument : kernel.arguments)
        if (argument.element && argument.element->base == scalar::f64) return scalar::f64;
  return scalar::f32;
}

roof measure_roof(ceiling_meter& meter, const bench_row& row, scalar type) {
  roof result;
  result.memory_seconds = static_cast<double>(row.bytes) / meter.copy(row.bytes).per_second;
  if (row.flops) result.arithmetic_seconds = *row.flops / meter.multiply_add(type).per_second;
  return result;
}

} // namespace clotho::tool
