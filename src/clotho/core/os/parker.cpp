// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/parker.hpp>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#endif

namespace clotho::os {

#if defined(__linux__)

namespace {

constexpr std::uint32_t empty = 0, parked = 1, woken = 2;

// The address is only a key: waking one that is no longer mapped does nothing.
void futex(void* address, int operation, std::uint32_t value, const timespec* until) noexcept {
  ::syscall(SYS_futex, address, operation, value, until, nullptr, FUTEX_BITSET_MATCH_ANY);
}

} // namespace

void parker::park() noexcept {
  std::uint32_t seen = empty;
  // Acquire pairs with the exchange in unpark: what the waker wrote is visible here.
  if (word_.compare_exchange_strong(seen, parked, std::memory_order_acquire))
    while (word_.load(std::memory_order_acquire) == parked)
      futex(&word_, FUTEX_WAIT_BITSET_PRIVATE, parked, nullptr);
  word_.store(empty, std::memory_order_relaxed);
}

bool parker::park_until(std::chrono::steady_clock::time_point deadline) noexcept {
  // What lies before the epoch has passed, and might not fit.
  const auto since_epoch = std::max(deadline, std::chrono::steady_clock::time_point()).time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const timespec until{static_cast<std::time_t>(seconds.count()),
                       static_cast<long>(std::chrono::nanoseconds(since_epoch - seconds).count())};
  std::uint32_t seen = empty;
  if (word_.compare_exchange_strong(seen, parked, std::memory_order_acquire))
    while (word_.load(std::memory_order_acquire) == parked && std::chrono::steady_clock::now() < deadline)
      futex(&word_, FUTEX_WAIT_BITSET_PRIVATE, parked, &until); // an absolute time of CLOCK_MONOTONIC
  return word_.exchange(empty, std::memory_order_acquire) == woken;
}

void parker::unpark() noexcept {
  void* const key = &word_;
  // After this exchange the parker may be gone.
  if (word_.exchange(woken, std::memory_order_release) == parked) futex(key, FUTEX_WAKE_PRIVATE, 1, nullptr);
}

#else

void parker::park() noexcept {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return woken_; });
  woken_ = false;
}

bool parker::park_until(std::chrono::steady_clock::time_point deadline) noexcept {
  std::unique_lock lock(mutex_);
  const bool in_time = changed_.wait_until(lock, deadline, [this] { return woken_; });
  woken_ = false;
  return in_time;
}

void parker::unpark() noexcept {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_one(); // inside the lock: the parker lives until its owner has seen `woken_` under it
}

#endif

} // namespace clotho::os
