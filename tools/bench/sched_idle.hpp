#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is measured of pools that have nothing to do.

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>

#include <clotho/core/os/parker.hpp>

#include "sched_work.hpp"

namespace clotho::bench {

/// Seconds of processor time that this process has used, all threads together.
[[nodiscard]] double processor_seconds();

/// Seconds from a post until the poster, who sleeps meanwhile, runs again.
template <class Post> double round_trip(const Post& post) {
  os::parker told;
  return time_of([&] {
    post([&told] { told.unpark(); });
    told.park();
  });
}

/// A round trip after the pool has had nothing to do for so long, and the caller was busy.
template <class Post> double sample_wake(const Post& post, std::chrono::microseconds idle) {
  (void)round_trip(post);
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < idle) {
  }
  return round_trip(post);
}

template <class Post> double sample_wake_asleep(const Post& post, std::chrono::microseconds idle) {
  (void)round_trip(post);
  std::this_thread::sleep_for(idle);
  return round_trip(post);
}

/// The share of a core that the process uses for so long after `post` had every worker busy.
template <class Post> double sample_idle(const Post& post, std::chrono::milliseconds idle) {
  constexpr std::size_t some_work = 20000;
  (void)sample_flat_outside(post, some_work);
  const double before = processor_seconds();
  const double seconds = time_of([&] { std::this_thread::sleep_for(idle); });
  return (processor_seconds() - before) / seconds;
}

/// The cases of whatever takes functions from any thread by `post(f)`.
template <class Post> void add_posting_cases(entrants& to, const std::string& name, Post post) {
  to.push_back({workload::flat_outside, name, [=](std::size_t n) { return sample_flat_outside(post, n); }});
  to.push_back(
      {workload::wake, name, [=](std::size_t n) { return sample_wake(post, std::chrono::microseconds(n)); }});
  to.push_back({workload::wake_asleep, name,
                [=](std::size_t n) { return sample_wake_asleep(post, std::chrono::microseconds(n)); }});
  to.push_back(
      {workload::idle, name, [=](std::size_t n) { return sample_idle(post, std::chrono::milliseconds(n)); }});
}

} // namespace clotho::bench
