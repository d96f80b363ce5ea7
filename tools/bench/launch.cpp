// SPDX-License-Identifier: Apache-2.0
// The suite launch: what one launch costs its caller.
#include <algorithm>
#include <optional>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

#include "launch_peer.hpp"
#include "own_process.hpp"
#include "suite.hpp"

namespace clotho::bench {

const char* const launch_source = R"cl(
__kernel void none() {}
__kernel void one(__global float* y) {
  if (get_global_id(0) > 0) y[0] = 1.0f;
}
__kernel void four(__global float* y, __global const float* x, const float f, const uint n) {
  if (n > 1) y[0] = f * x[0];
}
__kernel void eight(__global float* y, __global const float* x, __global const float* w, __global float* z,
                    const float f, const float g, const uint n, const long k) {
  if (n > 1) y[0] = z[0] = f * x[0] + g * w[k];
}
)cl";

namespace {

constexpr unsigned launches_in_a_row = 1000;
constexpr double allowed_over_raw = 0.2e-6;
constexpr double allowed_round_trip = 1e-6; // on a device that works in the calling thread

std::vector<launch_case> all_cases() {
  return {{"round trip, no arguments", pattern::round_trip, 0},
          {"enqueue, no arguments", pattern::enqueue, 0},
          {"enqueue, 1 argument", pattern::enqueue, 1},
          {"enqueue, 4 arguments", pattern::enqueue, 4},
          {"enqueue, 8 arguments", pattern::enqueue, 8},
          {"enqueue, 4 arguments by name", pattern::enqueue, 4, call::named},
          {"enqueue, 4 arguments, with event", pattern::enqueue, 4, call::with_event},
          {"queued and finished, 4 arguments", pattern::queued, 4}};
}

using peers = std::vector<std::unique_ptr<launch_peer>>; // clotho first, then the raw API

peers make_peers(const device& on, report& into) {
  peers made;
  made.push_back(make_clotho_peer(on));
  made.push_back(make_raw_peer(on));
  made.push_back(make_cpp_queue_peer(on));
  made.push_back(make_cpp_functor_peer(on));
  try {
    made.push_back(make_pyopencl_peer(on));
  } catch (const error& why) {
    into.missing.push_back(std::string("PyOpenCL: ") + why.what());
  }
  return made;
}

// As many launches as take about a millisecond: far above what the clock can tell apart.
unsigned launches_for(const launch_case& what, const sampler& raw) {
  if (what.what != pattern::round_trip) return launches_in_a_row;
  (void)raw(10);
  return static_cast<unsigned>(std::clamp(1e-3 / std::max(raw(50), 1e-8), 1.0, 5000.0));
}

race_result measure(const launch_case& what, peers& in, double seconds) {
  std::vector<contender> contenders;
  race_options options;
  options.seconds = seconds;
  const unsigned launches = launches_for(what, in[1]->prepare(what));
  for (const auto& peer : in) {
    contenders.push_back({peer->name(), [run = peer->prepare(what), launches] { return run(launches); }});
    for (const pid_t process : peer->processes()) options.peers.push_back(process);
  }
  return race(contenders, options);
}

void add_rows(report& into, const launch_case& what, const peers& in, const race_result& measured,
              bool synchronous) {
  const double n = what.what == pattern::round_trip ? 1 : launches_in_a_row;
  const summary own = summarise(measured.samples[0]);
  for (std::size_t i = 1; i < in.size(); ++i)
    into.rows.push_back(compare(what.name, n, "us", own, in[i]->name(), summarise(measured.samples[i])));
  if (what.what == pattern::enqueue)
    into.rows.push_back(compare_to_allowance(what.name + ", over raw", n, "us",
                                             summarise_difference(measured.samples[0], measured.samples[1]),
                                             allowed_over_raw));
  if (what.what == pattern::round_trip && synchronous)
    into.rows.push_back(compare_to_allowance(what.name, n, "us", own, allowed_round_trip));
}

report measure_here(const suite_options& options) {
  const device on = select_device(options.selector);
  report found = report_for("launch", on);
  peers in = make_peers(on, found);
  for (const launch_case& what : all_cases()) {
    const race_result measured = measure(what, in, options.seconds);
    show_case(what.name, measured);
    add_rows(found, what, in, measured, on.quirks().has(quirk_action::synchronous_device));
  }
  return found;
}

// PoCL's devices, as it makes them on demand: the variable is read at the first OpenCL call of a process.
struct device_setting {
  std::string name;
  std::optional<std::string> pocl_devices;
  std::string selector;
};

void measure_in_child(report& into, const device_setting& setting, const suite_options& options) {
  show_progress("launch on PoCL's " + setting.name + " device");
  const own_process child{{"launch", "-d", setting.selector, "--seconds", std::to_string(options.seconds)},
                          {{"POCL_DEVICES", setting.pocl_devices}},
                          std::chrono::seconds(120 + static_cast<long>(100 * options.seconds))};
  own_result made = measure_in(child);
  if (made.found)
    merge(into, std::move(*made.found), setting.name);
  else
    into.missing.push_back("PoCL's " + setting.name + " device: " + made.ending);
}

} // namespace

report run_launch(const suite_options& options) {
  if (options.here || !options.selector.empty()) return measure_here(options);
  report found{"launch", {}, {}, {}, {}};
  measure_in_child(found, {"default", {}, "pocl"}, options);
  measure_in_child(found, {"basic", "basic", "pocl+sync"}, options);
  if (found.rows.empty())
    throw selection_error(selection_error::reason::no_match,
                          "PoCL is not installed; name another device with -d");
  return found;
}

} // namespace clotho::bench
