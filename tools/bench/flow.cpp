// SPDX-License-Identifier: Apache-2.0
// The suite flow: what tasks and kernels cost that run in the order of their data.
#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>

#include "flow_peer.hpp"
#include "flow_split.hpp"
#include "pocl_devices.hpp"
#include "suite.hpp"

namespace clotho::bench {
namespace {

/// What a case should reach.
struct goals {
  std::optional<double> allowed = {};           ///< seconds
  std::optional<double> allowed_over_peer = {}; ///< seconds more than the first peer
  std::optional<double> ahead = {};             ///< of the first peer
  std::optional<double> ahead_of_default = {};  ///< of PoCL's default device, by one that works in the caller
};

/// A case that each Peer can do.
template <class Peer> struct flow_case {
  std::string name;
  std::size_t n;
  std::string unit;
  double (Peer::*run)(std::size_t n);
  goals asked = {};
};

template <class Peer> using peers = std::vector<std::unique_ptr<Peer>>; // clotho first

constexpr double near_raw = 1 / 1.05;

std::vector<flow_case<task_peer>> task_cases(unsigned threads) {
  goals outside;
  if (threads > 1) outside.allowed = 150e-9;
  return {{"task chain", 10'000, "ns", &task_peer::chain, {.allowed = 250e-9}},
          {"task chain, replayed", 100'000, "ns", &task_peer::replay, {.allowed = 50e-9}},
          {"independent tasks", 10'000, "ns", &task_peer::independent, outside},
          {"1 writer, 8 readers", 9000, "ns", &task_peer::fan}};
}

std::vector<flow_case<kernel_peer>> kernel_cases(bool synchronous) {
  goals round_trip, small;
  if (synchronous) {
    round_trip.allowed = 1.5e-6;
    small.allowed = 3.5e-6;
  }
  const goals step{.allowed = synchronous ? 2e-6 : 12e-6};
  return {{"launch and get", 200, "us", &kernel_peer::launch_and_wait, round_trip},
          {"kernel chain",
           10'000,
           "us",
           &kernel_peer::chain,
           {.allowed_over_peer = 0.5e-6, .ahead_of_default = 3}},
          {"kernel chain, replayed",
           10'000,
           "us",
           &kernel_peer::replay,
           {.allowed_over_peer = 0.05e-6, .ahead_of_default = 5}},
          {"kernel, host task", 1000, "us", &kernel_peer::alternate, step},
          {"kernel, host task, inline", 1000, "us", &kernel_peer::alternate_inline, {.allowed = 2e-6}},
          {"saxpy of 16 k", 1 << 14, "us", &kernel_peer::saxpy, small},
          {"saxpy of 1 M", 1 << 20, "us", &kernel_peer::saxpy, {.ahead = near_raw}},
          {"read of 4 MiB", 1 << 20, "us", &kernel_peer::read_back}};
}

template <class Peer>
void add_rows(report& into, const flow_case<Peer>& what, const std::string& name, const peers<Peer>& in,
              const race_result& measured) {
  const auto n = static_cast<double>(what.n);
  const summary own = summarise(measured.samples[0]);
  for (std::size_t i = 1; i < in.size(); ++i)
    into.rows.push_back(compare(name, n, what.unit, own, in[i]->name(), summarise(measured.samples[i]),
                                i == 1 ? what.asked.ahead : what.asked.ahead_of_default));
  if (what.asked.allowed_over_peer)
    into.rows.push_back(compare_to_allowance(name + ", over raw", n, what.unit,
                                             summarise_difference(measured.samples[0], measured.samples[1]),
                                             *what.asked.allowed_over_peer));
  if (what.asked.allowed)
    into.rows.push_back(compare_to_allowance(name, n, what.unit, own, *what.asked.allowed));
}

template <class Peer>
void measure(report& into, const flow_case<Peer>& what, const std::string& name, const peers<Peer>& in,
             double seconds) {
  std::vector<contender> contenders;
  for (const auto& one : in)
    contenders.push_back({one->name(), [&what, peer = one.get()] { return (peer->*what.run)(what.n); }});
  race_options options;
  options.seconds = seconds;
  options.least_rounds = 3;
  options.most_attempts = seconds < 0.1 ? 1 : 2; // in so short a time nobody can tell whether others worked
  const race_result measured = race(contenders, options);
  show_case(name, measured);
  add_rows(into, what, name, in, measured);
}

std::string with_threads(const std::string& name, unsigned threads) {
  return name + ", T=" + std::to_string(threads);
}

void note_missing(report& into, const std::string& why) {
  if (std::find(into.missing.begin(), into.missing.end(), why) == into.missing.end())
    into.missing.push_back(why);
}

void enter_starpu([[maybe_unused]] peers<task_peer>& in, [[maybe_unused]] unsigned threads, report& into) {
#ifdef CLOTHO_BENCH_STARPU
  try {
    in.push_back(make_starpu_tasks(threads));
  } catch (const error& why) {
    note_missing(into, "StarPU: " + std::string(why.what()));
  }
#else
  note_missing(into, "StarPU: it was not found when clotho-bench was built");
#endif
}

// A runtime has a device; tasks of the host do not use it.
report measure_tasks(const device& on, double seconds) {
  report found = report_for("flow", on);
  for (const unsigned threads : {1u, 2u}) {
    peers<task_peer> in;
    in.push_back(make_clotho_tasks(on, threads));
    enter_starpu(in, threads, found);
    if (in.size() > 1 && threads == 1) found.driver += ", " + in[1]->name();
    for (const auto& what : task_cases(threads))
      measure(found, what, with_threads(what.name, threads), in, seconds);
  }
  return found;
}

// `other` is PoCL's default device where that is another one.
report measure_kernels(const device& on, const std::optional<device>& other, double seconds) {
  report found = report_for("flow", on);
  peers<kernel_peer> in(1);
  in.push_back(make_raw_kernels(on, "raw C API"));
  if (other) in.push_back(make_raw_kernels(*other, "raw C API on PoCL's default device"));
  for (const unsigned threads : {1u, 2u}) {
    if (threads == 1 && !is_synchronous(on)) continue; // its own threads do the work
    in[0] = make_clotho_kernels(on, threads);
    for (const auto& what : kernel_cases(is_synchronous(on)))
      measure(found, what, with_threads(what.name, threads), in, seconds);
  }
  return found;
}

report measure_on(const device& on, double seconds) {
  report found = measure_tasks(on, seconds);
  report kernels = measure_kernels(on, {}, seconds);
  std::move(kernels.rows.begin(), kernels.rows.end(), std::back_inserter(found.rows));
  return found;
}

} // namespace

report run_flow(const suite_options& options) {
  if (!options.selector.empty()) return measure_on(select_device(options.selector), options.seconds);
  const pocl_devices pocl = find_pocl();
  report found = measure_tasks(pocl.synchronous ? *pocl.synchronous : *pocl.other, options.seconds);
  const auto add = [&](const std::string& part, const std::optional<device>& on,
                       const std::optional<device>& other) {
    show_progress("flow on PoCL's " + part + " device");
    if (on)
      merge(found, measure_kernels(*on, other, options.seconds), part);
    else
      found.missing.push_back("PoCL's " + part + " device: there is none with this POCL_DEVICES");
  };
  add("basic", pocl.synchronous, pocl.other);
  add("default", pocl.other, {});
  if (pocl.other) merge(found, measure_split(*pocl.other, options.seconds), "default");
  return found;
}

} // namespace clotho::bench
