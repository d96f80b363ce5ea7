#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <cstdint>

#if !defined(__linux__)
#include <condition_variable>
#include <mutex>
#endif

namespace clotho::os {

/// Lets one thread sleep until another wakes it. A wake-up that comes first is kept, so none is lost; several
/// before a sleep count as one.
///
/// `park` is for one thread at a time; `unpark` may be called from any. The parked thread may destroy the
/// parker as soon as `park` has returned, even while the call that woke it is still returning.
class parker {
 public:
  /// Blocks until `unpark`.
  void park() noexcept;
  /// The same, until `deadline` at the latest. Returns whether it was woken.
  bool park_until(std::chrono::steady_clock::time_point deadline) noexcept;
  /// Wakes the parked thread, or lets its next `park` return at once.
  void unpark() noexcept;

 private:
#if defined(__linux__)
  std::atomic<std::uint32_t> word_{0};
#else
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
#endif
};

} // namespace clotho::os
