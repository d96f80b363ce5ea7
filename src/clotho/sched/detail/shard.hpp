#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>

#include <clotho/sched/detail/short_lock.hpp>
#include <clotho/sched/detail/slab.hpp>
#include <clotho/sched/detail/work.hpp>
#include <clotho/sched/priority.hpp>

namespace clotho::detail {

/// Work in a row, linked through work::next.
struct work_list {
  work* first = nullptr;
  work* last = nullptr;
  std::size_t count = 0;

  void push_back(work& added) noexcept {
    added.next = nullptr;
    (last != nullptr ? last->next : first) = &added;
    last = &added;
    ++count;
  }
  void push_front(work& added) noexcept {
    added.next = first;
    first = &added;
    if (last == nullptr) last = &added;
    ++count;
  }
  void append(work_list& more) noexcept {
    if (more.first == nullptr) return;
    (last != nullptr ? last->next : first) = more.first;
    last = more.last;
    count += more.count;
    more = {};
  }
  work* pop_front() noexcept {
    work* const taken = first;
    if (taken == nullptr) return nullptr;
    first = taken->next;
    if (first == nullptr) last = nullptr;
    --count;
    return taken;
  }
};

class pool_core;

/// A submitted function, in a block of a shard or a worker.
struct function_work : work {
  function_work(std::function<void()> what, pool_core& where) noexcept
      : work(&run_function), body(std::move(what)), pool(where) {}
  std::function<void()> body;
  pool_core& pool;

 private:
  static void run_function(work& self) noexcept; // in pool_core.cpp
};
static_assert(sizeof(function_work) <= slab::block_bytes);

/// One of the queues, first in first out, through which work comes into a pool from outside, and through which
/// workers pass on what does not fit into their deques. A lock, as work is taken in batches.
class shard {
 public:
  void push(work& added, priority band);
  /// The same into the normal band, where it is reserved for the calling thread as long as it is alone there.
  void push_reserved(work& added);
  void push(work_list added, priority band);
  /// Puts back what turned out to be somebody else's: it comes next.
  void push_front(work& added);
  /// Wraps a function, in a block of this shard's own.
  void push(std::function<void()> function, pool_core& pool, priority band);

  /// What `make` makes of a block of this shard's own and of `from`.
  void push(work& (*make)(void* block, void* from), void* from, priority band);

  /// Takes up to `most`, in order.
  [[nodiscard]] work_list take(priority band, std::size_t most);
  /// The same of the normal band, where all work is that belongs to a scope, as long as it is within `wanted`.
  [[nodiscard]] work_list take_within(const scope& wanted, std::size_t most);

  /// The first one of the normal band that is within `wanted`, wherever it stands; null when there is none. Takes time
  /// in proportion to what is queued.
  [[nodiscard]] work* extract_within(const scope& wanted);

  /// Takes back what was pushed into the normal band, if it is there, alone.
  [[nodiscard]] bool take_back(const work& pushed);

  /// A guess while others use the shard.
  [[nodiscard]] std::size_t size(priority band) const noexcept {
    return sizes_[index(band)].load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool empty() const noexcept;
  /// Whether all there is of the normal band is likely to be taken back soon, as who has pushed it may do it, and is about to
  /// wait for it. A guess.
  [[nodiscard]] bool is_reserved() const noexcept { return reserved_.load(std::memory_order_relaxed); }

 private:
  template <class Wanted> work_list take_while(priority band, std::size_t most, Wanted wanted); // under the lock
  static constexpr std::size_t index(priority band) noexcept { return static_cast<std::size_t>(band); }
  void publish(priority band) noexcept {
    if (band == priority::normal && is_reserved()) reserved_.store(false, std::memory_order_relaxed);
    sizes_[index(band)].store(bands_[index(band)].count, std::memory_order_relaxed);
  }

  alignas(64) std::array<std::atomic<std::size_t>, priorities> sizes_{};
  std::atomic<bool> reserved_{false};
  alignas(64) short_lock mutex_;
  std::array<work_list, priorities> bands_;
  slab blocks_;
};

} // namespace clotho::detail
