#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <exception>

#include <clotho/sched/detail/selection.hpp>
#include <clotho/sched/detail/waiter.hpp>

namespace clotho::detail {

class channel_base;
class process;

/// One operation, or one guard of a select, that waits in a channel. Lies in the stack or the coroutine frame
/// of its owner; whoever takes it off its list under the channel's lock decides its result. The protocol is
/// in the README beside this folder.
struct offer {
  offer* next = nullptr;
  offer* previous = nullptr;
  offer* sibling = nullptr;        ///< the next channel guard of the same select
  channel_base* channel = nullptr; ///< where it waits
  void* slot = nullptr;            ///< a sender's T, a receiver's std::optional<T>
  waiter* owner = nullptr;         ///< of an operation by itself; a select has its own
  selection* group = nullptr;      ///< the select it is a guard of; null: an operation by itself
  process* who = nullptr;          ///< the watched process that waits, see process.hpp
  std::uint32_t index = 0;         ///< of the guard
  bool sends = false;
  bool listed = false; ///< under the channel's lock
  op_status result = op_status::waiting;
  std::exception_ptr failure; ///< when the result is `failed`
};

/// Claims the offer for the caller, who holds the lock of its channel. False: its select has committed
/// elsewhere. An operation by itself that is listed can always be claimed.
inline bool claim(const offer& one) noexcept { return one.group == nullptr || one.group->claim(); }

/// Tells the owner of an offer that was claimed and taken off its list. The owner, and the offer, may be gone
/// on return. Not under a lock: a coroutine without an executor is resumed in here.
inline void complete(offer& one) {
  if (one.group == nullptr)
    one.owner->wake();
  else
    one.group->commit(one.index);
}

/// The offers that wait on one side of a channel, first come first.
class offer_list {
 public:
  [[nodiscard]] offer* front() const noexcept { return first_; }

  void push_back(offer& one) noexcept {
    one.previous = last_;
    one.next = nullptr;
    (last_ != nullptr ? last_->next : first_) = &one;
    last_ = &one;
    one.listed = true;
  }
  void remove(offer& one) noexcept {
    (one.previous != nullptr ? one.previous->next : first_) = one.next;
    (one.next != nullptr ? one.next->previous : last_) = one.previous;
    one.listed = false;
  }

 private:
  offer* first_ = nullptr;
  offer* last_ = nullptr;
};

} // namespace clotho::detail
