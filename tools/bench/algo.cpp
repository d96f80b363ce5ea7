// SPDX-License-Identifier: Apache-2.0
// The suite algo: what the primitives cost, beside what is written by hand and beside other libraries.
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>

#include "algo_goal.hpp"
#include "algo_peer.hpp"
#include "own_process.hpp"
#include "pocl_devices.hpp"
#include "suite.hpp"

namespace clotho::bench {
namespace {

constexpr double least_sample = 1e-3; // seconds; far above what the clock can tell apart
constexpr unsigned most_runs = 5000;

// A contender on a device, or on none.
struct entrant {
  algo_peer_pointer peer;
  std::string part = {}; // of the report, where it is clotho: "basic", "default"
  bool synchronous = false;
};

// One that is ready for a case.
struct starter {
  const entrant* who;
  algo_sampler sample;
  unsigned runs = 1;
  double seconds = 0; // once
};

// How often to run it for a sample, by samples that grow: what is short is not yet warm the first time.
unsigned runs_a_sample(const algo_sampler& sample, double& seconds_once) {
  for (unsigned runs = 1;; runs = std::min(2 * runs, most_runs)) {
    seconds_once = std::max(sample(runs), 1e-7);
    if (runs * seconds_once >= least_sample || runs == most_runs) return runs;
  }
}

// Once untimed, as the others have been at work since its last turn: its threads sleep, and its memory is in no cache.
double sample_warm(const starter& one) {
  constexpr double long_enough = 0.1; // seconds, for that not to matter
  if (one.seconds < long_enough) (void)one.sample(1);
  return one.sample(one.runs);
}

// A case that takes seconds a round does not need many to tell who is faster.
std::size_t least_rounds(const std::vector<starter>& line) {
  double seconds = 0;
  for (const starter& one : line) seconds += one.seconds * one.runs;
  return seconds > 2 ? 3 : 5;
}

pocl_devices pocl_here() {
  pocl_devices found = find_pocl();
  if (!found.synchronous && !found.other)
    throw selection_error(selection_error::reason::no_match,
                          "PoCL is not installed; name another device with -d");
  return found;
}

void check_peer_words(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const host_peer& one : host_peers()) names.emplace_back(one.name);
  for (const device_peer& one : device_peers()) names.emplace_back(one.name);
  for (const std::string& word : words)
    if (std::none_of(names.begin(), names.end(),
                     [&](const std::string& name) { return contains_ignoring_case(name, word); }))
      throw argument_error("there is no peer '" + printable(word) + "'; there are " + join(names, ", "));
}

class algo_suite {
 public:
  algo_suite(const suite_options& options, std::vector<algo_case> cases)
      : options_(options), cases_(std::move(cases)) {
    if (options.selector.empty())
      enter_pocl();
    else
      enter(select_device(options.selector), "", "");
    enter_host_peers();
  }

  report run() {
    for (const algo_case& what : cases_) measure(what);
    return std::move(found_);
  }

 private:
  bool wanted(const std::string& peer) const {
    const auto has = [&](const std::string& word) { return contains_ignoring_case(peer, word); };
    return options_.peers.empty() || std::any_of(options_.peers.begin(), options_.peers.end(), has);
  }

  void miss(const std::string& who, const std::string& why) {
    const std::string text = who + ": " + why;
    if (std::find(found_.missing.begin(), found_.missing.end(), text) == found_.missing.end())
      found_.missing.push_back(text);
  }

  void enter_pocl() {
    const pocl_devices pocl = pocl_here();
    if (pocl.synchronous)
      enter(*pocl.synchronous, "basic", ", basic");
    else
      miss("PoCL's basic device", "there is none with this POCL_DEVICES");
    if (pocl.other)
      enter(*pocl.other, "default", "");
    else
      miss("PoCL's default device", "there is none with this POCL_DEVICES");
  }

  // Clotho, and all that can use a device.
  void enter(const device& on, const std::string& part, const std::string& suffix) {
    if (found_.device.empty()) found_ = report_for("algo", on);
    entrants_.push_back({make_clotho_algo(on, suffix), part, is_synchronous(on)});
    for (const device_peer& one : device_peers())
      enter_peer(one.name + suffix, is_synchronous(on), one.make, [&] { return one.make(on, suffix); });
  }

  void enter_host_peers() {
    for (const host_peer& one : host_peers()) enter_peer(one.name, false, one.make, one.make);
  }

  template <class Make>
  void enter_peer(const std::string& name, bool synchronous, bool is_built, const Make& make) {
    if (!wanted(name)) return;
    if (!is_built) return miss(name, "it was not found when clotho-bench was built");
    try {
      entrants_.push_back({make(), "", synchronous});
      append_version(*entrants_.back().peer);
    } catch (const error& why) {
      miss(name, why.what());
    }
  }

  void append_version(const algo_peer& of) {
    if (of.version() != of.name() && found_.driver.find(of.version()) == std::string::npos)
      found_.driver += ", " + of.version();
  }

  static bool is_clotho(const entrant& who) { return who.peer->name().starts_with("clotho"); }

  // What came out wrong is not timed. Where it was clotho's it is a failure of this program.
  algo_sampler prepared(const entrant& who, const algo_case& what) {
    try {
      algo_sampler made = who.peer->prepare(what);
      if (!made && is_clotho(who)) miss("clotho", what.name() + ": not built");
      return made;
    } catch (const error& why) {
      if (is_clotho(who)) throw;
      miss(who.peer->name(), what.name() + ": " + why.what());
    } catch (const std::exception& why) { // libraries have types of their own
      if (is_clotho(who)) throw;
      miss(who.peer->name(), what.name() + ": " + printable(why.what()));
    }
    return {};
  }

  std::vector<starter> line_up(const algo_case& what) {
    std::vector<starter> all;
    for (const entrant& who : entrants_)
      if (algo_sampler sample = prepared(who, what)) {
        double once = 0;
        const unsigned runs = options_.tiny ? 1 : runs_a_sample(sample, once);
        all.push_back({&who, std::move(sample), runs, once});
      }
    return all;
  }

  void measure(const algo_case& what) {
    std::vector<starter> line = line_up(what);
    if (line.empty()) return;
    race_options how;
    how.seconds = options_.tiny ? 0 : options_.seconds;
    how.least_rounds = options_.tiny ? 1 : least_rounds(line);
    how.most_attempts = options_.seconds < 0.1 ? 1 : 2;
    std::vector<contender> contenders;
    for (starter& one : line) {
      contenders.push_back({one.who->peer->name(), [&one] { return sample_warm(one); }});
      for (const pid_t process : one.who->peer->processes()) how.peers.push_back(process);
    }
    const race_result measured = race(contenders, how);
    show_case(what.name(), measured);
    show_all(contenders, measured);
    add_rows(what, line, measured);
  }

  static void show_all(const std::vector<contender>& contenders, const race_result& measured) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      const summary found = summarise(measured.samples[i]);
      char seconds[64];
      std::snprintf(seconds, sizeof seconds, " %.4g ms (%.4g)", 1e3 * found.median, 1e3 * found.least);
      parts.push_back(contenders[i].name + seconds);
    }
    show_progress("    " + join(parts, ", "));
  }

  void add_rows(const algo_case& what, const std::vector<starter>& line, const race_result& measured) {
    for (std::size_t own = 0; own < line.size(); ++own) {
      if (!is_clotho(*line[own].who)) continue;
      const entrant& clotho = *line[own].who;
      const summary mine = summarise(measured.samples[own]);
      for (std::size_t i = 0; i < line.size(); ++i)
        if (!is_clotho(*line[i].who) && (clotho.synchronous || !line[i].who->synchronous))
          add_row(what, clotho, mine, line[i].who->peer->name(), summarise(measured.samples[i]));
      if (const auto allowed = algo_allowance(what, clotho.synchronous); allowed && !options_.tiny)
        found_.rows.push_back(
            with_rates(compare_to_allowance(named(what, clotho), static_cast<double>(what.n), unit_for(mine),
                                            mine, *allowed),
                       what, mine.median, *allowed));
    }
  }

  void add_row(const algo_case& what, const entrant& clotho, const summary& mine, const std::string& peer,
               const summary& its) {
    const row compared = compare(named(what, clotho), static_cast<double>(what.n), unit_for(mine), mine, peer,
                                 its, algo_goal(what, peer));
    found_.rows.push_back(with_rates(compared, what, mine.median, its.median));
  }

  static row with_rates(row of, const algo_case& what, double seconds, double peer_seconds) {
    const algo_work work = what.work();
    of.rate = work.amount / seconds / 1e9;
    of.peer_rate = work.amount / peer_seconds / 1e9;
    of.rate_unit = work.unit;
    return of;
  }

  static std::string named(const algo_case& what, const entrant& clotho) {
    return clotho.part.empty() ? what.name() : clotho.part + ": " + what.name();
  }
  static std::string unit_for(const summary& of) { return of.median < 1e-2 ? "us" : "ms"; }

  suite_options options_;
  std::vector<algo_case> cases_;
  report found_{"algo", {}, {}, {}, {}};
  std::vector<entrant> entrants_;
};

using cases_by_kind = std::vector<std::vector<algo_case>>;

cases_by_kind by_kind(const std::vector<algo_case>& cases) {
  cases_by_kind kinds;
  for (const algo_case& one : cases) {
    if (kinds.empty() || kinds.back().front().what != one.what) kinds.emplace_back();
    kinds.back().push_back(one);
  }
  return kinds;
}

own_process process_for(const std::vector<algo_case>& cases, const suite_options& options) {
  std::vector<std::string> names;
  for (const algo_case& one : cases) names.push_back(one.name());
  own_process made{{"algo", "--only", join(names, ","), "--seconds", std::to_string(options.seconds)},
                   {},
                   std::chrono::minutes(30) + std::chrono::seconds(static_cast<long>(200 * options.seconds))};
  const auto add = [&](std::initializer_list<std::string> more) {
    made.arguments.insert(made.arguments.end(), more);
  };
  if (!options.selector.empty()) add({"-d", options.selector});
  if (!options.peers.empty()) add({"--peers", join(options.peers, ",")});
  if (options.tiny) add({"--tiny"});
  return made;
}

void append(report& into, report found) {
  if (into.device.empty()) into.device = found.device, into.driver = found.driver;
  into.rows.insert(into.rows.end(), found.rows.begin(), found.rows.end());
  for (std::string& absent : found.missing)
    if (std::find(into.missing.begin(), into.missing.end(), absent) == into.missing.end())
      into.missing.push_back(std::move(absent));
}

// A library that crashes takes no other kind with it; but what clotho computes must be right.
void add_kind(report& into, const std::vector<algo_case>& kind, const suite_options& options) {
  own_result made = measure_in(process_for(kind, options));
  const std::string name(name_of(kind.front().what));
  if (made.found)
    append(into, std::move(*made.found));
  else if (made.crashed)
    into.missing.push_back(name + ": " + made.ending);
  else
    throw error("the cases of '" + name + "' ended with " + made.ending);
}

} // namespace

// Each kind in a process of its own: PoCL keeps code for 128 launches, and dies when so many libraries as here make it throw
// some away that a launch by two threads has just been given.
report run_algo(const suite_options& options) {
  check_peer_words(options.peers);
  std::vector<algo_case> cases = chosen_cases(algo_cases(options.tiny), options.only);
  const cases_by_kind kinds = by_kind(cases);
  if (options.here || kinds.size() == 1) {
    ::setenv("GOMP_SPINCOUNT", "0", 0); // read when a library starts its threads, which is later
    return algo_suite(options, std::move(cases)).run();
  }
  options.selector.empty() ? (void)pocl_here() : (void)select_device(options.selector); // better refused once
  report found{"algo", {}, {}, {}, {}};
  for (const std::vector<algo_case>& kind : kinds) add_kind(found, kind, options);
  return found;
}

} // namespace clotho::bench
