// SPDX-License-Identifier: Apache-2.0
#include "primitive_trials.hpp"

#include <chrono>
#include <cmath>

#include <clotho/algo/tuning.hpp>
#include <clotho/job/run.hpp>

#include "support/sampling.hpp"

namespace clotho::tool {
namespace {

using clock = std::chrono::steady_clock;

void stop_if_asked(const std::atomic<bool>& stop) {
  if (stop.load(std::memory_order_relaxed)) throw job::interrupted();
}

} // namespace

primitive_trials::primitive_trials(const runtime& rt, const primitive_work_kind& kind, scalar type,
                                   const std::vector<std::size_t>& sizes, const std::atomic<bool>& stop)
    : rt_(rt), primitive_(kind.primitive), type_(type), sizes_(sizes), stop_(stop) {
  for (const std::size_t size : sizes) {
    stop_if_asked(stop_);
    works_.push_back(kind.make(rt, type, size));
  }
}

tune_trial primitive_trials::run(const job::tuning_choice& choice, double seconds,
                                 std::optional<double> hopeless_above) {
  tuning_table table;
  parameters numbers;
  for (const auto& [name, value] : choice) numbers.set(name, value);
  table.add({"*", primitive_, type_, numbers});
  tune(rt_, table);
  if (std::string why = wrong(); !why.empty()) return {{}, std::move(why)};
  launch_sampling all({.seconds = seconds}, hopeless_above);
  while (all.add(sample())) continue;
  return {all.samples(), {}};
}

std::string primitive_trials::wrong() {
  for (std::size_t i = 0; i < works_.size(); ++i) {
    stop_if_asked(stop_);
    works_[i]->prepare();
    works_[i]->run();
    if (const std::string why = works_[i]->wrong(); !why.empty())
      return "of " + std::to_string(sizes_[i]) + ": " + why;
  }
  return {};
}

std::chrono::nanoseconds primitive_trials::sample() {
  double logarithms = 0;
  for (const auto& work : works_) {
    stop_if_asked(stop_);
    work->prepare();
    const clock::time_point begin = clock::now();
    work->run();
    logarithms += std::log(std::chrono::duration<double, std::nano>(clock::now() - begin).count());
  }
  return std::chrono::nanoseconds(std::llround(std::exp(logarithms / static_cast<double>(works_.size()))));
}

} // namespace clotho::tool
