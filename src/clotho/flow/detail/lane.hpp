#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include <clotho/core/log.hpp>
#include <clotho/flow/detail/device_loss.hpp>
#include <clotho/flow/detail/device_memory.hpp>
#include <clotho/flow/detail/memory_pool.hpp>
#include <clotho/flow/trace_clock.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/event.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho {
class thread_pool;
}

namespace clotho::detail {

class flow_tracer;

/// When a device worked; known when times are asked for.
struct launch_times {
  bool known = false, by_device = false; // else as the host has seen it
  std::chrono::steady_clock::time_point began{}, ended{};
};

class launch_observer;
class launch_pieces;

/// A place among the launches that are under way on a lane.
struct launch_turn {
  std::optional<event> done; // none: it failed before
  std::exception_ptr failure;
  clock_pair given{}; // around the call that gave it to the driver, when times are recorded
  launch_observer* next = nullptr;
};

/// Who is told when what was given to a device has ended; `failure` is null when all is well.
class launch_observer {
 public:
  virtual void launched(std::exception_ptr failure, const launch_times& when) noexcept = 0;
  /// Before launch() returns on a lane that has run it, when it knows more than how long that took.
  virtual void timed(const launch_times& /*when*/) noexcept {}
  /// Before the pieces are run, on a lane that does so: who waits for the launch may help.
  virtual void cut_into(const std::shared_ptr<launch_pieces>& /*all*/) noexcept {}

  launch_turn turn; ///< the lane's, from launch() to launched(): of one launch at a time

 protected:
  ~launch_observer() = default;
};

/// Launches by one thread, which run one after the other.
class launch_batch {
 public:
  virtual ~launch_batch() = default;
  launch_batch() = default;
  launch_batch(const launch_batch&) = delete;
  launch_batch& operator=(const launch_batch&) = delete;

  /// As queue::launch.
  virtual void launch(const prepared_launch& what) = 0;
  /// Blocks until all have ended. Throws error when the device fails.
  virtual void finish() = 0;
};

/// A kernel, and what its lane has learnt about it.
struct kernel_on_lane {
  explicit kernel_on_lane(kernel what) : function(std::move(what)) {}
  const kernel function;
  std::atomic<float> item_ns{0};       ///< about how long a work-item takes one core; 0: unknown
  std::atomic<float> split_item_ns{0}; ///< and the whole device in a split launch, what is moved included
};

/// Which device, the how manieth of its runtime, who records (null: nobody), whether drivers are called, and waited for, by
/// the thread that launches only, whether devices are asked for times, whether it may work on the host's memory itself, who is
/// told when the device is lost, and how much memory nobody uses is kept.
struct lane_place {
  context owner;
  std::size_t index = 0;
  std::shared_ptr<flow_tracer> tracer{};
  bool one_thread = false;
  bool timed = false;
  bool shares_memory = false;
  log_sink log{};
  std::size_t kept_bytes = 0;
};

/// One device of a flow: its context, its queues, and the way work gets there and back. It is open until its device is
/// lost. Safe from any thread.
class lane {
 public:
  explicit lane(lane_place place);
  virtual ~lane();
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  [[nodiscard]] const context& owner() const noexcept { return place_.owner; }
  [[nodiscard]] std::size_t index() const noexcept { return place_.index; }
  [[nodiscard]] flow_tracer* tracer() const noexcept { return place_.tracer.get(); }
  [[nodiscard]] const lane_place& where() const noexcept { return place_; }
  [[nodiscard]] bool is_open() const noexcept { return !loss_->is_known(); }
  [[nodiscard]] const std::shared_ptr<device_loss>& loss() const noexcept { return loss_; }
  /// Throws device_lost_error unless it is open.
  void check_open() const {
    if (!is_open()) [[unlikely]] std::rethrow_exception(loss_->why());
  }
  /// What has really happened when this device has failed so: a device_lost_error, with which the lane closes, when the device
  /// is gone; else `failure` itself. May ask the device, and block.
  [[nodiscard]] std::exception_ptr examined(std::exception_ptr failure) noexcept;
  /// Memory on it, from what others have left or from the driver. When that has none it frees what is kept, and then waits for
  /// what runs here to end. Throws capability_error when the device cannot allocate that much at once, error when there is too
  /// little, which says who has how much.
  [[nodiscard]] memory_pool::block allocate(std::size_t size_bytes);
  /// The same for an image, which only the driver has; a depth of 0 for two dimensions.
  [[nodiscard]] device_image allocate_image(const image_format& format, std::size_t width, std::size_t height, std::size_t depth);
  /// Its kernels run in the thread that launches them, and work on host memory itself.
  [[nodiscard]] virtual bool synchronous() const noexcept = 0;
  /// It keeps the order in which launches are given to it, so that one may be given before another has ended.
  [[nodiscard]] virtual bool keeps_order() const noexcept = 0;
  /// Where it keeps order: tells `observer` of `failure` when all that was launched before has ended.
  virtual void fail_in_turn(std::exception_ptr failure, launch_observer& observer) noexcept = 0;
  /// How many tasks have been given to it and have not ended: what placement goes by.
  [[nodiscard]] std::atomic<std::size_t>& load() noexcept { return load_; }

  /// Runs a kernel. True: it has run. False: `observer` is told when it has. Throws what queue::launch throws.
  [[nodiscard]] virtual bool launch(kernel_on_lane& what, const nd_range& range,
                                    std::span<const launch_argument> arguments, launch_observer& observer) = 0;
  /// For several launches by the calling thread.
  [[nodiscard]] virtual std::unique_ptr<launch_batch> begin_batch() = 0;
  /// Whether launch() would give it to the driver in one piece; it knows better after a few launches.
  [[nodiscard]] virtual bool in_one_piece(const kernel_on_lane& what, const nd_range& range) const noexcept = 0;
  /// Made once, for as long as the lane lives.
  [[nodiscard]] const sampler& sampler_for(const sampling& how);
  /// Block.
  virtual void upload(const device_memory& to, std::span<const std::byte> from, std::size_t offset_bytes) = 0;
  virtual void download(const device_memory& from, std::span<std::byte> to, std::size_t offset_bytes) = 0;

 protected:
  /// That the calling thread tells observers, while it lives: others wait for it, and it must not wait for them.
  class telling {
   public:
    telling() noexcept { is_here() = true; }
    ~telling() { is_here() = false; }
    telling(const telling&) = delete;
    telling& operator=(const telling&) = delete;
    [[nodiscard]] static bool& is_here() noexcept;
  };

  /// For drivers that allocate a buffer when it is used first: calls `use`, once more when it was refused for lack of memory
  /// and what is kept has been freed.
  template <class F> auto use_memory(F use) {
    try {
      return use();
    } catch (const error& refused) {
      if (!lacks_memory_for_use(refused)) throw;
    }
    memory_->empty();
    return use();
  }

 private:
  template <class F> [[nodiscard]] std::invoke_result_t<F&> allocate_by(F take);
  [[nodiscard]] bool means_loss(const error& why);
  void close(const error& why);
  [[nodiscard]] bool free_memory(int step);
  [[nodiscard]] bool wait_for_launched();

  const lane_place place_;
  std::atomic<std::size_t> load_{0};
  const std::shared_ptr<device_loss> loss_ = std::make_shared<device_loss>();
  std::mutex examining_; // one failure at a time
  const std::shared_ptr<memory_pool> memory_;
  std::mutex mutex_; // guards what is below
  std::map<sampling, sampler> samplers_;
};

/// In a handler of what went wrong on `where`, or on the host if null: throws what has really happened, see lane::examined.
[[noreturn]] void rethrow_examined(lane* where);

/// The lane of a device, as it works: in the calling thread, or by a driver with threads of its own. `pool`, which must
/// outlive it, may run parts of large kernels; null: nobody does.
[[nodiscard]] std::unique_ptr<lane> make_lane(lane_place place, thread_pool* pool);

} // namespace clotho::detail
