#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <utility>

#include <clotho/sched/detail/waiter.hpp>

namespace clotho::detail {

/// The place of one who waits among others. Guarded by the mutex of what it waits for until it is granted or
/// cancelled; then by nobody, since only its owner looks at it.
struct wait_entry {
  enum class phase : unsigned char { fresh, waiting, granted, cancelled };

  waiter* who = nullptr;
  wait_entry* previous = nullptr;
  wait_entry* next = nullptr;
  phase now = phase::fresh;
};

/// Those who wait for something, first come first served. Owns nothing and allocates nothing.
class waiter_list {
 public:
  waiter_list() = default;
  waiter_list(waiter_list&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)), last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  waiter_list& operator=(waiter_list&& other) noexcept {
    first_ = std::exchange(other.first_, nullptr);
    last_ = std::exchange(other.last_, nullptr);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  void push(wait_entry& entry) noexcept {
    entry.now = wait_entry::phase::waiting;
    entry.previous = last_;
    entry.next = nullptr;
    (last_ != nullptr ? last_->next : first_) = &entry;
    last_ = &entry;
    ++size_;
  }
  /// Gives up for `entry`, here or about to come, unless it was granted. Returns whether it was here, and so
  /// has to be woken.
  [[nodiscard]] bool cancel(wait_entry& entry) noexcept {
    const bool here = entry.now == wait_entry::phase::waiting;
    if (here) remove(entry);
    if (here || entry.now == wait_entry::phase::fresh) entry.now = wait_entry::phase::cancelled;
    return here;
  }

  /// Takes out the first `count`, whom nobody can cancel any more: they are for wake_all.
  [[nodiscard]] waiter_list grant(std::size_t count) noexcept {
    waiter_list granted;
    for (; count > 0 && first_ != nullptr; --count) {
      wait_entry& entry = *first_;
      remove(entry);
      granted.push(entry);
      entry.now = wait_entry::phase::granted;
    }
    return granted;
  }
  [[nodiscard]] waiter_list grant_all() noexcept { return grant(size_); }

  /// Wakes everybody in a list that grant has returned. Outside any lock: they may run at once, and destroy
  /// what they have waited for.
  void wake_all() && {
    while (first_ != nullptr) {
      wait_entry& entry = *first_;
      first_ = entry.next; // before the wake-up: the entry goes with it
      entry.who->wake();
    }
  }

 private:
  void remove(wait_entry& entry) noexcept {
    (entry.previous != nullptr ? entry.previous->next : first_) = entry.next;
    (entry.next != nullptr ? entry.next->previous : last_) = entry.previous;
    --size_;
  }

  wait_entry* first_ = nullptr;
  wait_entry* last_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace clotho::detail
