#pragma once
// SPDX-License-Identifier: Apache-2.0

#include "sched/model/atomics.hpp"

namespace clotho::model {

/// One thing that is wrong with them.
enum class flaw {
  exchange_is_a_store,      ///< exchange: a relaxed load and a relaxed store
  torn_compare_exchange,    ///< compare_exchange: a load and, later, a store
  stores_are_relaxed,       ///< stores release nothing
  nothing_is_sequential,    ///< seq_cst means acquire and release only
  heavy_barrier_is_nothing, ///< or rather a barrier for the compiler alone
  heavy_barrier_is_local    ///< a fence of the calling thread only, while light barriers are free
};

/// For tests that show that the checker finds what these break.
template <flaw What> struct broken_atomics : atomics {
  template <class T> class atomic : public model::atomic<T> {
    using base = model::atomic<T>;
    static constexpr std::memory_order weakened(std::memory_order order, std::memory_order instead) noexcept {
      return What == flaw::nothing_is_sequential && order == std::memory_order_seq_cst ? instead : order;
    }

   public:
    using base::base;

    T load(std::memory_order order) const noexcept {
      return base::load(weakened(order, std::memory_order_acquire));
    }
    void store(T desired, std::memory_order order) noexcept {
      base::store(desired, What == flaw::stores_are_relaxed ? std::memory_order_relaxed
                                                            : weakened(order, std::memory_order_release));
    }
    T exchange(T desired, std::memory_order order) noexcept {
      if constexpr (What == flaw::exchange_is_a_store) {
        const T before = base::load(std::memory_order_relaxed);
        base::store(desired, std::memory_order_relaxed);
        return before;
      }
      return base::exchange(desired, weakened(order, std::memory_order_acq_rel));
    }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order success,
                                 std::memory_order failure) noexcept {
      if constexpr (What == flaw::torn_compare_exchange) {
        const T found = base::load(success);
        if (found == expected) base::store(desired, success);
        return found == std::exchange(expected, found);
      }
      return base::compare_exchange_strong(expected, desired, weakened(success, std::memory_order_acq_rel),
                                           failure);
    }
  };

  static void heavy_barrier() noexcept {
    if constexpr (What == flaw::heavy_barrier_is_local) return fence();
    if constexpr (What != flaw::heavy_barrier_is_nothing) atomics::heavy_barrier();
  }
};

} // namespace clotho::model
