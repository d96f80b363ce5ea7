// SPDX-License-Identifier: Apache-2.0
#include "flow_split.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/runtime.hpp>
#include <clotho/flow/split.hpp>

#include "race.hpp"
#include "sched_work.hpp"
#include "suite.hpp"

namespace clotho::bench {
namespace {

using word = std::uint32_t;

constexpr const char* source = R"(
kernel void spin(global uint* out, const uint rounds) {
  uint x = (uint)get_global_id(0);
  for (uint i = 0; i < rounds; ++i) x = x * 1664525u + 1013904223u;
  out[get_global_id(0)] = x;
})";
constexpr std::size_t items = 1 << 17;
constexpr word rounds = 500;

runtime_options options_for(std::vector<device> parts) {
  runtime_options options;
  options.device_list = std::move(parts);
  options.cache = nullptr; // whose upkeep would be measured, too
  return options;
}

/// Each function does the same work on two parts of a device and returns the seconds it took.
class parts_at_work {
 public:
  explicit parts_at_work(std::vector<device> parts) : runtime_(options_for(std::move(parts))) {}

  double alone(std::size_t part) {
    return timed([&] { launch_on(part, a_); });
  }
  double together(const split_options& how) {
    return timed([&] { runtime_.launch(split(spin_, how), items, block(out(a_)), rounds); });
  }
  double two_at_once() {
    return timed([&] {
      launch_on(0, a_);
      launch_on(1, b_);
    });
  }
  double two_in_turn() {
    return timed([&] {
      launch_on(0, a_);
      runtime_.wait();
      launch_on(1, b_);
    });
  }
  void check() {
    for (const std::size_t i : {std::size_t{0}, items / 2, items - 1}) {
      auto x = static_cast<word>(i);
      for (word k = 0; k < rounds; ++k) x = x * 1664525u + 1013904223u;
      check_result("spin", runtime_.read(a_.slice(0, items)).get()[i], x);
    }
  }

 private:
  void launch_on(std::size_t part, const buffer<word>& to) { runtime_.launch(spin_.on(part), items, out(to), rounds); }
  template <class Submit> double timed(const Submit& submit) {
    return time_of([&] {
      submit();
      runtime_.wait();
    });
  }

  runtime runtime_;
  loaded_kernel spin_ = runtime_.build(source).kernel("spin");
  buffer<word> a_{runtime_, items}, b_{runtime_, items};
};

race_result measured(const std::string& name, const std::vector<contender>& contenders, double seconds) {
  race_options options;
  options.seconds = seconds;
  options.least_rounds = 3;
  options.most_attempts = seconds < 0.1 ? 1 : 2;
  const race_result found = race(contenders, options);
  show_case(name, found);
  return found;
}

/// Round by round, how long two would need together whose speeds simply add up.
summary added_speeds(const std::vector<double>& first, const std::vector<double>& second) {
  std::vector<double> ideal;
  for (std::size_t i = 0; i < first.size(); ++i) ideal.push_back(1 / (1 / first[i] + 1 / second[i]));
  return summarise(std::move(ideal));
}

void add_sharing(report& into, const std::string& name, parts_at_work& parts, const split_options& how, double goal,
                 double seconds) {
  const race_result found = measured(name, {{"together", [&] { return parts.together(how); }},
                                            {"part 0", [&] { return parts.alone(0); }},
                                            {"part 1", [&] { return parts.alone(1); }}},
                                     seconds);
  into.rows.push_back(compare(name, static_cast<double>(items), "ms", summarise(found.samples[0]), "the parts' speeds, added",
                              added_speeds(found.samples[1], found.samples[2]), goal));
}

void add_independent(report& into, parts_at_work& parts, double seconds) {
  const std::string name = "two kernels on two parts";
  const race_result found = measured(name, {{"at once", [&] { return parts.two_at_once(); }},
                                            {"in turn", [&] { return parts.two_in_turn(); }}},
                                     seconds);
  into.rows.push_back(compare(name, static_cast<double>(items), "ms", summarise(found.samples[0]), "one after the other",
                              summarise(found.samples[1]), 1.8));
}

} // namespace

report measure_split(const device& on, double seconds) {
  report found = report_for("flow", on);
  std::vector<device> divided;
  try {
    divided = on.partition(on.info().compute_units / 2);
  } catch (const error& why) {
    found.missing.push_back("co-execution: " + std::string(why.what()));
    return found;
  }
  divided.resize(2, divided[0]);
  parts_at_work parts(std::move(divided));
  add_sharing(found, "split over two parts", parts, {}, 0.90, seconds);
  add_sharing(found, "split, guessed 8 to 1", parts, {.shares = {8, 1}}, 0.85, seconds);
  add_sharing(found, "split, halves", parts, {.how = split_policy::fixed, .shares = {1, 1}}, 0.90, seconds);
  add_independent(found, parts, seconds);
  parts.check();
  return found;
}

} // namespace clotho::bench
