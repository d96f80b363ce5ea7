#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <mutex>

#include <clotho/core/os/barrier.hpp>

namespace clotho::detail {

/// What the lock-free parts are built from. The model checker in tests/sched/model puts its own in its place.
struct native_atomics {
  template <class T> using atomic = std::atomic<T>;
  using mutex = std::mutex;
  static void light_barrier() noexcept { os::light_barrier(); }
  static void heavy_barrier() noexcept { os::heavy_barrier(); }
};

} // namespace clotho::detail
