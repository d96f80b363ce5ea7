#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <clotho/core/os/parker.hpp>
#include <clotho/core/os/thread.hpp>
#include <clotho/sched/detail/pairing_heap.hpp>
#include <clotho/sched/detail/waiter.hpp>
#include <clotho/sched/detail/waiter_list.hpp>

namespace clotho::detail {

/// Those who wait for a point in time, and the thread that wakes them. Shared by the timer, its thread and
/// those who wait, so that they may end in any order.
class timer_queue : public std::enable_shared_from_this<timer_queue> {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  struct entry : pairing_links<entry> {
    using phase = wait_entry::phase;
    time_point deadline{};
    std::uint64_t number = 0; ///< orders equal deadlines
    waiter* who = nullptr;
    phase now = phase::fresh;
  };

  /// Whether `one` need not wait: its deadline has passed.
  [[nodiscard]] bool try_enter(entry& one) const noexcept;
  /// Queues `one`: returns whether it has to wait, in which case it may be gone already. Starts the thread if
  /// there is none: throws error when the system refuses it. In a closed queue it is cancelled.
  [[nodiscard]] bool enter(entry& one);
  /// Gives up for `one`, unless it was granted. Returns whether it was waiting, and nobody wakes it any more.
  [[nodiscard]] bool leave(entry& one);
  /// leave(), for an entry that is not a coroutine's: returns when it is not being woken either, unless that
  /// is where the caller is. Returns whether it was not granted, nor will be.
  bool cancel(entry& one);

  /// Cancels everybody and ends the thread: waits for that, unless it is the calling thread.
  void close();

 private:
  struct before {
    bool operator()(const entry& a, const entry& b) const noexcept {
      return a.deadline != b.deadline ? a.deadline < b.deadline : a.number < b.number;
    }
  };

  void serve();
  void wake_first(std::unique_lock<std::mutex>& lock, entry::phase becomes);

  std::mutex mutex_;
  os::parker parker_; ///< of the thread
  pairing_heap<entry, before> heap_;
  std::uint64_t entered_ = 0;
  bool closed_ = false;
  entry* waking_ = nullptr;        ///< what the thread is waking, without the lock
  waiter* after_waking_ = nullptr; ///< who waits for that to end
  std::thread::id thread_id_;
  std::optional<os::thread> thread_;
};

} // namespace clotho::detail
