// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/barrier.hpp>

#if defined(__linux__)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace clotho::os {

constinit std::atomic<bool> detail::heavy_barriers_reach_all{false};

void detail::full_barrier() noexcept {
  // An exchange on a variable of one's own: a full barrier on every machine we build for, and, unlike a fence,
  // known to ThreadSanitizer.
#if defined(__SANITIZE_THREAD__)
  std::atomic<int> own{0};
  own.exchange(1, std::memory_order_seq_cst);
#else
  std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

#if defined(__linux__)

void prepare_barriers() noexcept {
  if (::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0)
    detail::heavy_barriers_reach_all.store(true, std::memory_order_relaxed);
}

void heavy_barrier() noexcept {
  if (!detail::heavy_barriers_reach_all.load(std::memory_order_relaxed) ||
      ::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0)
    detail::full_barrier();
}

#else

void prepare_barriers() noexcept {}
void heavy_barrier() noexcept { detail::full_barrier(); }

#endif

} // namespace clotho::os
