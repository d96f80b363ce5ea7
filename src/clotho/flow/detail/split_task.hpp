#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <clotho/flow/detail/flow_state.hpp>
#include <clotho/flow/detail/kernel_call.hpp>
#include <clotho/flow/detail/split_dealer.hpp>
#include <clotho/flow/detail/split_plan.hpp>
#include <clotho/flow/split.hpp>

namespace clotho::detail {

/// A kernel that runs on all lanes of a flow, chunk by chunk. Each lane has a member that is a piece of work of the pool:
/// it takes a chunk, launches it, and when that has run comes back for the next. Members that find nothing to do are
/// idle, unless another fails; the task has ended when all are.
class split_task final : public flow_state<void> {
 public:
  /// Throws argument_error when the kernel cannot be split, or the arguments do not fit.
  split_task(flow_core& flow, const split_kernel& what, const nd_range& range, std::span<const split_argument> arguments);

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return call_.accesses(); }
  [[nodiscard]] std::string describe() const override { return call_.describe(); }

 private:
  using clock = std::chrono::steady_clock;

  /// One lane's share in it. Used by one thread at a time.
  struct member final : work, launch_observer {
    member(split_task& of, std::size_t number, lane& where) noexcept;
    void launched(std::exception_ptr why, const launch_times& when) noexcept override;

    split_task& task;
    const std::size_t index;
    lane& on;
    kernel_on_lane* compiled = nullptr;
    std::optional<split_chunk> chunk; // under way, or has just ended
    bool begun = false;               // it may have written
    clock::time_point since, until;
    std::exception_ptr failure; // of the chunk
    bool idle = false;          // guarded by the task's lock
  };

  [[nodiscard]] std::string_view title() const noexcept override { return call_.signature().name; }
  [[nodiscard]] trace_category category() const noexcept override { return trace_category::kernel; }
  [[nodiscard]] bool work_on() override;
  void clear() noexcept override;

  void post(member& one) noexcept;
  void step(member& one) noexcept;
  void end_chunk(member& one) noexcept;
  [[nodiscard]] bool take_chunk(member& one);
  [[nodiscard]] bool run_chunk(member& one) noexcept;
  [[nodiscard]] bool launch_chunk(member& one);
  void drop_device(member& one, const split_chunk& chunk) noexcept;
  [[nodiscard]] bool is_intact_elsewhere(member& one, const split_chunk& chunk) noexcept;
  void stop(std::exception_ptr why) noexcept;
  [[nodiscard]] bool leave() noexcept;
  void conclude() noexcept;
  void remember() noexcept;
  [[nodiscard]] double since_begin(clock::time_point when) const noexcept;

  std::shared_ptr<kernel_set> kernel_;
  kernel_call call_;
  split_plan plan_;
  split_options how_;
  clock::time_point begin_;
  launch_timing* timing_ = nullptr; // null: nobody asks
  std::deque<member> members_;
  std::atomic<std::size_t> active_{0}; // members that are not idle, and work_on
  std::mutex mutex_;                   // guards what is below
  std::optional<split_dealer> dealer_;
  std::exception_ptr fatal_;   // nothing more is begun
  std::exception_ptr dropped_; // why the first device was
};

} // namespace clotho::detail
