#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <clotho/flow/detail/flow_state.hpp>
#include <clotho/flow/detail/kernel_call.hpp>
#include <clotho/flow/detail/launch_record.hpp>
#include <clotho/sched/detail/short_lock.hpp>

namespace clotho::detail {

/// A kernel with its arguments. When its device is lost it leaves the line, waits for those before it to end, and is done
/// again on another device; unless it names its device, or has spoilt, or lost, the only copy of what it reads.
class launch_task final : public flow_state<void>, private launch_observer {
 public:
  /// Throws argument_error when the arguments do not fit the kernel.
  launch_task(flow_core& flow, std::shared_ptr<kernel_set> kernel, const nd_range& range,
              std::span<const flow_argument> arguments);

  /// On which device, and whether on no other. Before it is submitted.
  void place_on(lane& where, bool only_there) noexcept;
  /// To be saved: then it begins when all before it have ended, and others after it. When it is placed, before it is
  /// submitted.
  void capture_in(std::unique_ptr<launch_record> record) noexcept {
    record_ = std::move(record);
    if (record_) stand_in(nullptr);
  }

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return call_.accesses(); }
  [[nodiscard]] std::string describe() const override { return call_.describe(); }

 private:
  [[nodiscard]] std::string_view title() const noexcept override { return call_.signature().name; }
  [[nodiscard]] trace_category category() const noexcept override { return trace_category::kernel; }
  [[nodiscard]] bool work_on() override;
  [[nodiscard]] bool ends_later(const std::exception_ptr& failure) noexcept override;
  [[nodiscard]] bool may_run_here() const noexcept override;
  void launched(std::exception_ptr failure, const launch_times& when) noexcept override;
  void timed(const launch_times& when) noexcept override { here_ = when; }
  void cut_into(const std::shared_ptr<launch_pieces>& all) noexcept override;
  [[nodiscard]] bool help_running() override;
  void note_launch(std::chrono::steady_clock::time_point since, std::size_t moved_bytes) noexcept;
  void note_end(const launch_times& when) noexcept;
  void succeed();
  void clear() noexcept override;

  [[nodiscard]] lane& on() const noexcept { return *lane_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool follows() const noexcept { return in_line() && !has_left_line_; }
  void move_to_another_lane();
  [[nodiscard]] bool give_to_lane();
  [[nodiscard]] bool is_intact() noexcept;
  void start_over() noexcept;

  kernel_call call_;
  std::atomic<lane*> lane_{nullptr}; // it moves while others ask whether they may run it
  bool only_there_ = false;
  bool has_left_line_ = false;            // all before it have ended, or it waits for that
  bool is_stranded_ = false;              // no other lane can do it
  launch_timing* timing_ = nullptr;       // null: nobody asks
  launch_times here_;                     // of a launch by the calling thread
  std::unique_ptr<launch_record> record_; // null: it is not captured
  short_lock cutting_;                    // guards what is below
  std::shared_ptr<launch_pieces> pieces_; // those that run
};

} // namespace clotho::detail
