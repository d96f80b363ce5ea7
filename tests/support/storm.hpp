#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace clotho::test {

/// How much of a storm fits into a test's time.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr std::size_t storm_divisor = 20;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
inline constexpr std::size_t storm_divisor = 20;
#else
inline constexpr std::size_t storm_divisor = 1;
#endif
#else
inline constexpr std::size_t storm_divisor = 1;
#endif

/// Runs each function in a thread of its own, all at about the same time, and joins them. They do not throw.
inline void run_together(std::vector<std::function<void()>> bodies) {
  std::atomic<std::size_t> missing{bodies.size()};
  std::vector<std::thread> threads;
  for (std::function<void()>& body : bodies)
    threads.emplace_back([&missing, run = std::move(body)]() mutable {
      --missing;
      while (missing != 0) std::this_thread::yield();
      run();
      run = nullptr; // what it owns goes with it, not when everybody is joined
    });
  for (std::thread& each : threads) each.join();
}

} // namespace clotho::test
