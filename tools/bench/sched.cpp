// SPDX-License-Identifier: Apache-2.0
// The suite sched: what work on the host costs.
#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <optional>
#include <string_view>
#include <thread>

#include <clotho/core/error.hpp>
#include <clotho/core/os/cpu.hpp>
#include <clotho/core/text.hpp>

#include "own_process.hpp"
#include "sched_peer.hpp"
#include "suite.hpp"

namespace clotho::bench {
namespace {

struct sched_case {
  workload what;
  std::string name;
  std::size_t n;
  std::string unit;
  std::optional<double> allowed_alone = {}; ///< with one thread
  std::optional<double> allowed = {};       ///< with more
  bool tails = false;                       ///< the slowest hundredth matters, too
  std::optional<double> goal = {};          ///< beside oneTBB, with two threads
};

const std::vector<sched_case>& all_cases() {
  static const std::vector<sched_case> all = {
      {workload::join_fib, "fib, join", 25, "ns", 15e-9},
      {workload::spawn_fib, "fib, spawn and wait", 25, "ns", 35e-9},
      {workload::flat_inside, "flat spawn", 100'000, "ns", {}, {}, false, 1.0},
      {workload::flat_inside, "flat spawn", 1'000'000, "ns", {}, {}, false, 1.0},
      {workload::flat_outside, "submit from outside", 100'000, "ns", 120e-9, 150e-9},
      {workload::group_flat_outside, "spawn from outside", 100'000, "ns", 120e-9, 150e-9},
      {workload::skynet, "skynet", 100'000, "ns"},
      {workload::queens, "n queens", 10, "ns"},
      {workload::chain, "chain, each submits the next", 100'000, "ns"},
      {workload::group_chain, "chain in a group", 100'000, "ns"},
      {workload::loop, "parallel_for, per element", 1'000'000, "ns"},
      {workload::fine_loop, "parallel_for, grain 1", 100'000, "ns"},
      {workload::sum, "parallel_reduce, per element", 1'000'000, "ns"},
      {workload::async_get, "async and get", 100, "us"},
      {workload::rendezvous, "channel rendezvous of coroutines", 100'000, "ns", 100e-9},
      {workload::wake, "wake after 200 us", 200, "us", 5e-6, 5e-6, true},
      {workload::wake_asleep, "wake after 2 ms asleep", 2000, "us", {}, {}, true},
      {workload::idle, "idle, share of a core", 400, "%", {}, 0.01}};
  return all;
}

// Lets the others' workers fall asleep. Those of oneTBB look for work for a while.
void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(1)); }

bool is_about_idleness(workload what) {
  return what == workload::wake || what == workload::wake_asleep || what == workload::idle;
}

std::vector<const entrant*> entered(const entrants& all, workload what) {
  std::vector<const entrant*> found;
  for (const entrant& one : all)
    if (one.what == what) found.push_back(&one);
  return found;
}

race_result measure(const sched_case& what, const std::vector<const entrant*>& in, double seconds) {
  std::vector<contender> contenders;
  for (const entrant* one : in)
    contenders.push_back({one->name, [&what, one] {
                            if (!is_about_idleness(what.what)) settle();
                            return one->run(what.n);
                          }});
  race_options options;
  options.seconds = seconds;
  options.most_attempts = 2;
  if (what.what == workload::idle) { // slow, and others do not disturb it
    options.least_rounds = 3;
    options.most_attempts = 1;
  }
  return race(contenders, options);
}

// clotho is the first.
void add_rows(report& into, const sched_case& what, unsigned threads, const std::vector<const entrant*>& in,
              const race_result& measured) {
  const std::string name = what.name + ", T=" + std::to_string(threads);
  const auto n = static_cast<double>(what.n);
  const summary own = summarise(measured.samples[0]);
  for (std::size_t i = 1; i < in.size(); ++i) {
    const bool has_goal = threads == 2 && in[i]->name.starts_with("oneTBB");
    into.rows.push_back(compare(name, n, what.unit, own, in[i]->name, summarise(measured.samples[i]),
                                has_goal ? what.goal : std::nullopt));
    if (what.tails)
      into.rows.push_back(compare(name + ", p99", n, what.unit, summarise_tail(measured.samples[0]),
                                  in[i]->name, summarise_tail(measured.samples[i])));
  }
  if (const auto allowed = threads == 1 ? what.allowed_alone : what.allowed)
    into.rows.push_back(compare_to_allowance(name, n, what.unit, own, *allowed));
}

void measure_with(report& into, unsigned threads, const suite_options& options,
                  bool (*wanted)(workload what)) {
  entrants all = clotho_entrants(threads);
  const auto enter = [&](entrants more) { std::move(more.begin(), more.end(), std::back_inserter(all)); };
#ifdef CLOTHO_BENCH_TBB
  enter(tbb_entrants(threads));
#endif
  enter(plain_entrants(threads));
  for (const sched_case& what : all_cases()) {
    if (!wanted(what.what)) continue;
    const std::vector<const entrant*> in = entered(all, what.what);
    const race_result measured = measure(what, in, options.seconds);
    show_case(what.name + " of " + std::to_string(what.n) + ", T=" + std::to_string(threads), measured);
    add_rows(into, what, threads, in, measured);
  }
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return std::string(trim(line.substr(line.find(':') + 1)));
  return "unknown processor";
}

std::string compiler_name() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "g++ " __VERSION__;
#else
  return "unknown compiler";
#endif
}

report empty_report() {
  const unsigned cores = os::available_cores();
  report made{"sched",
              processor_name() + ", " + std::to_string(cores) + (cores == 1 ? " core" : " cores"),
              compiler_name(),
              {},
              {}};
#ifdef CLOTHO_BENCH_TBB
  made.driver += ", " + tbb_name();
#else
  made.missing.push_back("oneTBB: it was not found when clotho-bench was built");
#endif
  return made;
}

bool is_latency(workload what) {
  return what == workload::wake || what == workload::wake_asleep || what == workload::async_get;
}

// Whether a thread is woken beside its waker or on another core, which may have to wake up itself, is the
// system's choice, and decides such figures. With one core there is no choice. Threads inherit the
// restriction, so this is for a process of its own.
report measure_on_one_core(const suite_options& options) {
  os::pin_this_thread(0);
  report found = empty_report();
  measure_with(found, 1, options, is_latency);
  return found;
}

void measure_in_child(report& into, const suite_options& options) {
  show_progress("sched on one core");
  const own_process child{{"sched", "--seconds", std::to_string(options.seconds)},
                          {},
                          std::chrono::seconds(60 + static_cast<long>(20 * options.seconds))};
  own_result made = measure_in(child);
  if (!made.found) return into.missing.push_back("one core: " + made.ending);
  made.found->device = made.found->driver = {}; // the same, but for the cores
  made.found->missing.clear();
  merge(into, std::move(*made.found), "one core");
}

} // namespace

report run_sched(const suite_options& options) {
  if (!options.selector.empty())
    throw argument_error("the suite sched is about the host and takes no device; leave out -d");
  if (options.here) return measure_on_one_core(options);
  report found = empty_report();
  measure_with(found, 1, options, [](workload what) { return what != workload::idle; });
  measure_with(found, 2, options, [](workload what) { return what != workload::rendezvous; });
  measure_with(found, 8, options, [](workload what) { return what == workload::idle; });
  measure_in_child(found, options);
  return found;
}

} // namespace clotho::bench
