#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>

namespace clotho::os {

namespace detail {
extern std::atomic<bool> heavy_barriers_reach_all; // whether the system can run a barrier in every thread
void full_barrier() noexcept;
} // namespace detail

/// A memory barrier split between two sides that seldom and often run: when one thread stores x, passes
/// light_barrier() and loads y, and another stores y, passes heavy_barrier() and loads x, at least one sees the
/// other's store. The light one costs nothing where the heavy one can make every running thread of the process
/// pass a barrier (membarrier(2) on Linux); elsewhere both are full barriers.
inline void light_barrier() noexcept {
  // Relaxed: set once, before the first thread that matters is started.
  if (detail::heavy_barriers_reach_all.load(std::memory_order_relaxed))
    std::atomic_signal_fence(std::memory_order_seq_cst);
  else
    detail::full_barrier();
}

/// The other half; takes about a microsecond.
void heavy_barrier() noexcept;

/// Lets light barriers be light from now on, if the system can. Call it before threads that use them start.
void prepare_barriers() noexcept;

} // namespace clotho::os
