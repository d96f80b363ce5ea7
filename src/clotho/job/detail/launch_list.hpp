#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <deque>
#include <functional>

#include <clotho/flow/launch_timing.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::job::detail {

/// Launches that are under way. What has not begun is cancelled, and what has is waited for, at the end.
class launch_list {
 public:
  struct launch {
    std::size_t step = 0, pass = 0; ///< of those that time a step
    launch_timing timing{};
    future<void> done{};
  };

  /// `poll` is called again and again while somebody waits, and may throw; `ended` after each launch, in order.
  launch_list(std::function<void()> poll, std::function<void(const launch&)> ended)
      : poll_(std::move(poll)), ended_(std::move(ended)) {}
  ~launch_list();
  launch_list(const launch_list&) = delete;
  launch_list& operator=(const launch_list&) = delete;

  /// Calls `submit` with a place for the launch's times. Blocks while very many are under way.
  void add(std::size_t step, std::size_t pass, const std::function<future<void>(launch_timing&)>& submit);
  /// Waits for all. Throws the first failure in their order.
  void finish();

 private:
  void end_first();

  std::function<void()> poll_;
  std::function<void(const launch&)> ended_;
  std::deque<launch> under_way_;
};

} // namespace clotho::job::detail
