#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#include <clotho/core/os/thread.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/detail/queue_pool.hpp>
#include <clotho/flow/trace_clock.hpp>

namespace clotho::detail {

/// A device whose driver works in threads, or hardware, of its own: in-order queues for kernels and for each direction of
/// transfers, used by one thread at a time; a thread waits for what ends next, as callbacks are not to be trusted.
class driver_lane final : public lane {
 public:
  explicit driver_lane(lane_place place);
  /// Everything must have ended.
  ~driver_lane() override;

  [[nodiscard]] bool synchronous() const noexcept override { return false; }
  [[nodiscard]] bool keeps_order() const noexcept override { return !one_thread_; }
  void fail_in_turn(std::exception_ptr failure, launch_observer& observer) noexcept override;
  [[nodiscard]] bool launch(kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                            launch_observer& observer) override;
  [[nodiscard]] std::unique_ptr<launch_batch> begin_batch() override;
  [[nodiscard]] bool in_one_piece(const kernel_on_lane&, const nd_range&) const noexcept override { return true; }
  void upload(const device_memory& to, std::span<const std::byte> from, std::size_t offset_bytes) override;
  void download(const device_memory& from, std::span<std::byte> to, std::size_t offset_bytes) override;

 private:
  class batch;
  struct line {
    explicit line(const context& owner, bool profiling = false) : commands(owner, profiling) {}
    std::mutex mutex;
    queue commands;
  };

  void add(launch_observer& last) noexcept;
  [[nodiscard]] launch_observer* take_first();
  [[nodiscard]] launch_times times_of(const launch_turn& one);
  void wait_for_launches();

  const bool one_thread_, timed_;
  line compute_, up_, down_;
  queue_pool queues_; // of batches
  std::mutex mutex_; // guards what is below
  std::condition_variable added_;
  launch_observer* first_ = nullptr; // of those under way, in order
  launch_observer* last_ = nullptr;
  bool ending_ = false;
  std::vector<clock_pair> clocks_; // the waiter's, as what follows
  std::chrono::steady_clock::time_point last_ended_{};
  os::thread waiter_; // last: it uses the rest
};

} // namespace clotho::detail
