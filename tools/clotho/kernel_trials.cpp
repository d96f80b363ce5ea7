// SPDX-License-Identifier: Apache-2.0
#include "kernel_trials.hpp"

#include <clotho/core/text.hpp>

namespace clotho::tool {
namespace {

constexpr std::size_t guard = 4096;

job::pipeline pipeline_for(const job::bare_kernel& what, const job::tuning_choice& choice) {
  job::bare_kernel chosen = what;
  for (const auto& [name, value] : choice) chosen.defines.emplace_back(name, std::to_string(value));
  return job::make_pipeline(chosen);
}

} // namespace

tune_trial kernel_trials::run(const job::tuning_choice& choice, double seconds,
                              std::optional<double> hopeless_above) {
  const job::pipeline pipeline = pipeline_for(what_, choice);
  bench_options how = measuring_;
  how.limits.seconds = seconds;
  how.guard_bytes = guard;
  how.hopeless_above = hopeless_above;
  if (what_.expectations.empty())
    for (const job::buffer_spec& buffer : pipeline.buffers) how.keep.push_back(buffer.name);
  bench_result result = run_case(rt_, pipeline, how);
  tune_trial trial{result.row.samples, wrong(result)};
  if (what_.expectations.empty() && reference_.empty()) reference_ = std::move(result.arrays);
  return trial;
}

std::string kernel_trials::wrong(const bench_result& result) const {
  if (!result.overruns.empty()) return "writes beside " + join(result.overruns, " and beside ");
  for (const job::expectation_report& one : result.expectations)
    if (!one.holds) return "'" + one.buffer + "': " + to_string(one);
  for (const auto& [name, expected] : reference_) {
    const bool is_exact = !is_floating(expected.type);
    const job::expectation_report found =
        job::compare(result.arrays.at(name), expected, is_exact ? job::tolerance{} : allowed_);
    if (!found.holds) return "'" + name + "': " + to_string(found);
  }
  return {};
}

} // namespace clotho::tool
