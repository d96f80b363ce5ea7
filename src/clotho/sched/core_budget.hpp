#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>

#include <clotho/core/os/cpu.hpp>

namespace clotho {

/// The cores that a process may keep busy, shared by pools and by drivers with threads of their own (PoCL's
/// default device). When more threads than cores are at work none of them should spin. Safe from any thread.
class core_budget {
 public:
  explicit core_budget(unsigned cores = os::available_cores()) noexcept : cores_(cores) {}

  /// Threads at work, as long as this lives. `budget` must outlive it.
  class share {
   public:
    share(core_budget& budget, unsigned threads) noexcept : budget_(budget), threads_(threads) {
      budget_.threads_.fetch_add(threads_, std::memory_order_relaxed);
    }
    ~share() { budget_.threads_.fetch_sub(threads_, std::memory_order_relaxed); }
    share(const share&) = delete;
    share& operator=(const share&) = delete;

   private:
    core_budget& budget_;
    unsigned threads_;
  };

  [[nodiscard]] unsigned cores() const noexcept { return cores_; }
  [[nodiscard]] unsigned threads() const noexcept { return threads_.load(std::memory_order_relaxed); }
  /// Whether a thread that spins takes the core from one that works.
  [[nodiscard]] bool crowded() const noexcept { return threads() > cores_; }

 private:
  unsigned cores_;
  std::atomic<unsigned> threads_{0};
};

} // namespace clotho
