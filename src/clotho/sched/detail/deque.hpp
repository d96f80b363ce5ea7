#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <clotho/sched/detail/native_atomics.hpp>

namespace clotho::detail {

/// A bounded work-stealing deque of pointers. Its owner pushes and pops at the bottom, newest first; thieves
/// take the oldest from the top.
///
/// Chase and Lev, "Dynamic circular work-stealing deque", SPAA 2005, with the orderings of Lê, Pop, Cohen and
/// Zappa Nardelli, PPoPP 2013, except that sequentially consistent operations stand in place of fences: as fast
/// on the machines we know, and understood by ThreadSanitizer. Not resizable: the owner takes the oldest half
/// out when it is full.
template <class Item, std::size_t Capacity, class Atomics = native_atomics> class deque {
  static_assert((Capacity & (Capacity - 1)) == 0, "a power of two");

 public:
  using index = std::int64_t;

  /// Owner only. Returns false when full.
  bool push(Item* item) noexcept {
    const index bottom = bottom_.load(std::memory_order_relaxed);
    if (bottom - known_top_ >= static_cast<index>(Capacity)) {
      // Acquire pairs with a thief's exchange of top_: it has read the slot we are about to reuse.
      known_top_ = top_.load(std::memory_order_acquire);
      if (bottom - known_top_ >= static_cast<index>(Capacity)) return false;
    }
    slot(bottom).store(item, std::memory_order_relaxed);
    // Release pairs with the load of bottom_ in steal: the thief sees the slot, and what the item holds.
    bottom_.store(bottom + 1, std::memory_order_release);
    return true;
  }

  /// Owner only. The newest, or null.
  Item* pop() noexcept {
    const index bottom = bottom_.load(std::memory_order_relaxed) - 1;
    // The store must be visible before top_ is read, as a thief reads them the other way round: an exchange, as
    // a store would be followed by a fence that costs more.
    bottom_.exchange(bottom, std::memory_order_seq_cst);
    index top = top_.load(std::memory_order_seq_cst);
    if (top > bottom) { // it was empty
      bottom_.store(bottom + 1, std::memory_order_relaxed);
      return nullptr;
    }
    Item* item = slot(bottom).load(std::memory_order_relaxed);
    if (top == bottom) { // the last one: race the thieves for it
      if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed))
        item = nullptr;
      bottom_.store(bottom + 1, std::memory_order_relaxed);
    }
    return item;
  }

  /// Any thread. The oldest; null when there is none, or another thread was quicker.
  Item* steal() noexcept {
    index top = top_.load(std::memory_order_seq_cst);
    // Pairs with the exchange in pop, for the order, and the store in push, for the contents.
    const index bottom = bottom_.load(std::memory_order_seq_cst);
    if (top >= bottom) return nullptr;
    Item* const item = slot(top).load(std::memory_order_relaxed);
    if (!top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst, std::memory_order_relaxed))
      return nullptr;
    return item;
  }

  /// Owner only. Takes up to `into.size()` of the oldest at once, oldest first, and returns how many. Safe
  /// beside thieves as they, too, must exchange top_; and nobody else moves bottom_.
  std::size_t take_oldest(std::span<Item*> into) noexcept {
    for (;;) {
      index top = top_.load(std::memory_order_acquire);
      const index there = bottom_.load(std::memory_order_relaxed) - top;
      const index wanted = std::min(there, static_cast<index>(into.size()));
      if (wanted <= 0) return 0;
      for (index i = 0; i < wanted; ++i)
        into[static_cast<std::size_t>(i)] = slot(top + i).load(std::memory_order_relaxed);
      if (top_.compare_exchange_strong(top, top + wanted, std::memory_order_seq_cst, std::memory_order_relaxed))
        return static_cast<std::size_t>(wanted);
    }
  }

  /// Owner only. Where the next push goes: what is pushed later has an index at or above it.
  [[nodiscard]] index bottom() const noexcept { return bottom_.load(std::memory_order_relaxed); }

  /// Any thread; a guess while others work on it.
  [[nodiscard]] bool empty() const noexcept {
    return bottom_.load(std::memory_order_relaxed) <= top_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t size() const noexcept {
    const index there = bottom_.load(std::memory_order_relaxed) - top_.load(std::memory_order_relaxed);
    return there > 0 ? static_cast<std::size_t>(there) : 0;
  }

 private:
  template <class T> using atomic = typename Atomics::template atomic<T>;
  atomic<Item*>& slot(index i) noexcept { return slots_[static_cast<std::size_t>(i) & (Capacity - 1)]; }

  alignas(64) atomic<index> bottom_{0}; // written by the owner
  index known_top_ = 0;                 // the owner's: at most the real one
  alignas(64) atomic<index> top_{0};    // written by thieves
  alignas(64) std::array<atomic<Item*>, Capacity> slots_{};
};

} // namespace clotho::detail
