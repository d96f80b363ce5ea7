#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <clotho/core/os/fork_guard.hpp>
#include <clotho/sched/detail/idle_workers.hpp>
#include <clotho/sched/detail/shard.hpp>
#include <clotho/sched/detail/worker.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho::detail {

/// What the workers of a pool share. It outlives the thread_pool when that is destroyed by one of its workers.
class pool_core : public std::enable_shared_from_this<pool_core> {
 public:
  pool_core(thread_pool_options options, unsigned places);
  ~pool_core();

  void start();
  /// Finishes what was submitted and joins every thread but the calling one.
  void finish();
  /// Refuses submissions from outside from now on.
  void close() noexcept { closed_.store(true, std::memory_order_relaxed); }

  [[nodiscard]] unsigned places() const noexcept { return places_; }
  [[nodiscard]] const thread_pool_options& options() const noexcept { return options_; }
  [[nodiscard]] bool is_worker() const noexcept {
    const worker* const here = worker::current();
    return here != nullptr && &here->pool() == this;
  }

  /// Throws closed_error in a fork of the process, which has none of the threads.
  void check_not_forked() const;
  /// Throws closed_error when work can no longer be accepted from the calling thread.
  void check_open() const;
  void submit(std::function<void()> function, priority band);
  void submit(work& added, priority band);
  /// The same for what the calling thread, no worker, may run itself, and often waits for next: for some microseconds those
  /// who look for work anyway leave it alone.
  void submit_reserved(work& added);
  /// What `make` makes of a block, which worker::release_anywhere takes back, and of `from`.
  void submit(work& (*make)(void* block, void* from), void* from);
  void submit(work_list added, priority band);
  /// Takes back what the calling thread, no worker, was the last to submit. False: it is too late, or others have come.
  [[nodiscard]] bool take_back(const work& submitted) { return shard_for_caller().take_back(submitted); }
  void report(std::exception_ptr failure) noexcept;

  /// Runs one piece of queued work, of any kind, in the calling thread. Returns false when there is none.
  bool help_once();

  /// After work was queued.
  void wake_if_due() {
    if (idle_.wake_due()) wake_one();
  }
  void wake_one();
  /// Behind a heavy barrier: wakes one if anything is queued anywhere, and returns whether.
  bool wake_one_if_queued();
  [[nodiscard]] bool anything_queued() const noexcept;
  /// Of a pool that closes, after a look that has found nothing: tells everybody to go, if all are still asleep.
  void dismiss_if_done();

  /// Work of the highest band that has any, from the shards alone.
  [[nodiscard]] work* take_urgent();
  [[nodiscard]] shard& shard_of(unsigned worker_number) noexcept { return shards_[worker_number % shard_count_]; }
  [[nodiscard]] unsigned shard_count() const noexcept { return shard_count_; }
  [[nodiscard]] worker* worker_at(unsigned slot) const noexcept {
    return slots_[slot].load(std::memory_order_acquire); // pairs with the store in add_worker
  }
  [[nodiscard]] unsigned slots_used() const noexcept { return slots_used_.load(std::memory_order_acquire); }
  [[nodiscard]] idle_workers<worker>& idle() noexcept { return idle_; }
  /// How often a thread may look in vain before it sleeps.
  [[nodiscard]] unsigned patience() const noexcept;
  /// What it does in between.
  void rest() const noexcept;
  /// Looks for `done` as often as that, and returns whether it has come: for what is likely to come soon.
  template <class Done> [[nodiscard]] bool expect(Done done) const {
    for (unsigned in_vain = 0; !done(); ++in_vain) {
      if (in_vain == patience()) return false;
      rest();
    }
    return true;
  }

 private:
  template <class Push> void submit_with(priority band, std::size_t count, Push push);
  [[nodiscard]] work* take_any();
  worker* add_worker(bool spare);
  [[nodiscard]] shard& shard_for_caller() noexcept;

  const thread_pool_options options_;
  const unsigned places_;
  const unsigned shard_count_;
  const std::unique_ptr<shard[]> shards_;
  const std::unique_ptr<std::atomic<worker*>[]> slots_;
  std::atomic<unsigned> slots_used_{0};
  std::atomic<bool> closed_{false};
  alignas(64) std::atomic<std::size_t> urgent_{0}; // pieces of high priority in the shards
  idle_workers<worker> idle_;
  std::mutex staffing_; // held to add a worker
  std::vector<std::unique_ptr<worker>> workers_;
  os::fork_guard fork_;
  const std::shared_ptr<core_budget> budget_;
  const core_budget::share share_;
};

} // namespace clotho::detail
