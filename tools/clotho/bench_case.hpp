#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <clotho/job/run.hpp>

#include "bench_report.hpp"
#include "support/sampling.hpp"

namespace clotho::tool {

struct bench_options {
  sampling::limits limits;
  bool use_cache = true;
  bool reset = false; ///< arrays that the kernel changes are put back before each launch
  const std::atomic<bool>* stop = nullptr;
  std::optional<std::chrono::milliseconds> build_timeout{};
  std::vector<std::string> keep{};        ///< arrays whose content is wanted
  std::size_t guard_bytes = 0;            ///< see job::run_options
  std::optional<double> hopeless_above{}; ///< stop early when no launch was that fast; seconds
};

struct bench_result {
  bench_row row; ///< without its roof
  std::vector<job::expectation_report> expectations;
  std::vector<diagnostic> messages;
  std::map<std::string, host_array> arrays; ///< those that were asked for
  std::vector<std::string> overruns;
};

/// Launches the kernel of a job of one step again and again, until sampling has enough. Throws what job::run
/// throws.
[[nodiscard]] bench_result run_case(const runtime& rt, const job::pipeline& pipeline,
                                    const bench_options& options);

/// What the kernel calculates with: f64 when one of its arguments is made of it, else f32.
[[nodiscard]] scalar arithmetic_of(const job::step_spec& step);

/// The roof over a row, from ceilings that are measured now if they were not before.
[[nodiscard]] roof measure_roof(ceiling_meter& meter, const bench_row& row, scalar type);

} // namespace clotho::tool
