#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string>
#include <vector>

#include <clotho/runtime/device.hpp>

#include "race.hpp"
#include "support/report.hpp"

namespace clotho::bench {

struct suite_options {
  std::string selector;           ///< empty: what the suite is about
  double seconds = 1;             ///< for each case
  bool here = false;              ///< in this process, on one device: how a suite calls itself
  std::vector<std::string> only;  ///< beginnings of cases' names; empty: all
  std::vector<std::string> peers; ///< parts of peers' names; empty: all
  bool tiny = false;              ///< so little work that the time says nothing
};

/// What a launch costs: clotho beside the raw API, its C++ bindings and PyOpenCL.
[[nodiscard]] report run_launch(const suite_options& options);
/// How long it takes to begin: whole processes, and loading programs.
[[nodiscard]] report run_start(const suite_options& options);

/// What work on the host costs: the pool and what is built on it, beside oneTBB and what is written by hand.
[[nodiscard]] report run_sched(const suite_options& options);

/// What the order by data costs: tasks beside StarPU, kernels beside the raw API.
[[nodiscard]] report run_flow(const suite_options& options);

/// What the primitives cost: clotho beside what is written by hand and beside other libraries.
[[nodiscard]] report run_algo(const suite_options& options);

/// Measures one start of a process of its own and prints the seconds; how run_start calls itself.
int run_sample(const std::string& what, const std::string& file);

/// A report with its heading filled in.
[[nodiscard]] report report_for(std::string suite, const device& on);

/// A case beside one peer; seconds are shown in `unit` ("ns", "us", "ms"), shares in "%".
[[nodiscard]] row compare(const std::string& name, double n, const std::string& unit, const summary& clotho,
                          const std::string& peer, const summary& its, std::optional<double> goal = {});
/// A case beside a fixed allowance, as a peer: ahead is how often it fits in, at most 1000 times (a
/// difference may be nothing, or less). `spread` is relative to the allowance.
[[nodiscard]] row compare_to_allowance(const std::string& name, double n, const std::string& unit,
                                       const summary& clotho, double allowance);

/// Tells on standard error how far a suite has come.
void show_progress(const std::string& text);
/// The same for a finished case, with the load that others put on the machine.
void show_case(const std::string& name, const race_result& measured);

} // namespace clotho::bench
