#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include <clotho/core/executor.hpp>
#include <clotho/core/os/parker.hpp>

namespace clotho {

/// An executor without a thread of its own: work waits, first in, first out, until a thread lends itself by
/// `run`. What sync_wait uses, as asyncio's event loop.
///
/// `submit` and `finish` are safe from any thread; one thread at a time may `run`. Destroyed with work still
/// queued, it drops it unrun.
class run_loop final : public executor {
 public:
  /// Throws nothing but std::bad_alloc.
  void submit(std::function<void()> work) override;

  /// Runs work in the calling thread, blocking in between, until `finish` was called and nothing is queued. A
  /// pool's worker that calls this is replaced while it blocks. Afterwards the loop may run again.
  void run();
  /// Lets `run` return.
  void finish();

  /// Runs queued work, of any kind, until `done()` holds or nothing is queued. Only in the thread that runs
  /// the loop; in others it runs nothing.
  bool help_until(const std::function<bool()>& done) override;
  [[nodiscard]] unsigned concurrency() const noexcept override { return 1; }
  [[nodiscard]] bool is_worker() const noexcept override;

 private:
  bool run_one(std::unique_lock<std::mutex>& lock);
  void wake(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  // Taken from `out_`, last first; refilled from `in_`, reversed. Both keep their capacity.
  std::vector<std::function<void()>> in_, out_;
  bool finished_ = false;
  os::parker* sleeper_ = nullptr; ///< the thread in `run`, while it sleeps; whoever clears this wakes it
  std::atomic<std::thread::id> runner_{};
};

} // namespace clotho
