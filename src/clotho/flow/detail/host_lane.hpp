#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>

#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/detail/queue_pool.hpp>

namespace clotho::detail {

/// A CPU device that works in the thread that launches: our pool is its pool. Small kernels run on the worker that has
/// picked them up; large ones are cut, where no work-item can tell, and run by several. Each launch leases a queue, as two
/// threads must not share one.
class host_lane final : public lane {
 public:
  host_lane(lane_place place, thread_pool* pool) : lane(std::move(place)), pool_(pool), queues_(owner(), where().timed) {}

  [[nodiscard]] bool synchronous() const noexcept override { return true; }
  [[nodiscard]] bool keeps_order() const noexcept override { return false; }
  void fail_in_turn(std::exception_ptr, launch_observer&) noexcept override {} // it keeps none
  [[nodiscard]] bool launch(kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                            launch_observer& observer) override;
  [[nodiscard]] std::unique_ptr<launch_batch> begin_batch() override;
  [[nodiscard]] bool in_one_piece(const kernel_on_lane& what, const nd_range& range) const noexcept override;
  void upload(const device_memory& to, std::span<const std::byte> from, std::size_t offset_bytes) override;
  void download(const device_memory& from, std::span<std::byte> to, std::size_t offset_bytes) override;

 private:
  class batch;

  /// `timed`, if any, learns the device's times.
  void launch_here(kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                   launch_observer* timed);
  void launch_timed(const kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                    launch_observer& observer);
  [[nodiscard]] std::size_t pieces_for(const kernel_on_lane& what, const nd_range& range) const noexcept;

  thread_pool* const pool_;
  queue_pool queues_;
};

} // namespace clotho::detail
