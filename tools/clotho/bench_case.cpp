// SPDX-License-Identifier: Apache-2.0
#include "bench_case.hpp"

#include <chrono>

#include <clotho/core/source.hpp>

namespace clotho::tool {
bench_result run_case(const runtime& rt, const job::pipeline& pipeline, const bench_options& options) {
  launch_sampling launches(options.limits, options.hopeless_above);
  job::run_options how;
  how.use_cache = options.use_cache;
  how.restore_each = options.reset;
  how.stop = options.stop;
  how.build_timeout = options.build_timeout;
  how.guard_bytes = options.guard_bytes;
  how.again = [&](std::chrono::nanoseconds launch) { return launches.add(launch); };
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
  result.row.samples = launches.samples();
  result.row.warmup = launches.all().warmup();
  result.row.is_stable = launches.all().is_stable();
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
