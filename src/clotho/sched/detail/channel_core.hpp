#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <clotho/sched/detail/channel_base.hpp>
#include <clotho/sched/detail/ring.hpp>

namespace clotho::detail {

/// A channel of T: the buffer, and the moves of items between those who meet.
///
/// Whoever arrives last acts: it moves the item, from or to the slot of the offer it has found. Between two
/// operations under the lock, somebody waits to receive only when the buffer is empty, and somebody waits to
/// send only when it is full; offers of selects that have committed elsewhere do not count.
template <class T> class channel_core final : public channel_base {
 public:
  channel_core(std::size_t capacity, std::string name) : channel_base(std::move(name)), buffer_(capacity) {}

  /// Sends `value` if that is possible now. The lock is held. When T's move throws, so does this, and nothing
  /// else has happened.
  attempt try_send(T& value) {
    if (send_end_ != op_status::waiting) return {send_end_, nullptr};
    if (offer* const peer = claim_first<may_throw>(receivers_)) {
      holding move(*peer);
      static_cast<std::optional<T>*>(peer->slot)->emplace(std::move(value));
      move.succeeded();
      take(receivers_, *peer, op_status::done);
      return {op_status::done, peer};
    }
    if (buffer_.full()) return {};
    buffer_.push(std::move(value));
    return {op_status::done, nullptr};
  }

  /// Receives into `item` if that is possible now; as try_send.
  attempt try_receive(std::optional<T>& item) {
    if (!buffer_.empty()) {
      item.emplace(std::move(buffer_.front()));
      buffer_.pop();
      return {op_status::done, refill()};
    }
    if (offer* const peer = claim_first<may_throw>(senders_)) {
      holding move(*peer);
      item.emplace(std::move(*static_cast<T*>(peer->slot)));
      move.succeeded();
      take(senders_, *peer, op_status::done);
      return {op_status::done, peer};
    }
    return {receive_end_, nullptr};
  }

  void remove_reader() {
    ring<T> dropped; // destroyed after the lock is released: items may hold ends of this very channel
    offer* taken = nullptr;
    {
      const std::lock_guard hold(lock_);
      if (--readers_ != 0) return;
      taken = retire_all(side::readers);
      buffer_.swap(dropped);
    }
    complete_all(taken);
  }

  void remove_writer() {
    offer* taken = nullptr;
    {
      const std::lock_guard hold(lock_);
      if (--writers_ != 0) return;
      taken = retire_all(side::writers);
    }
    complete_all(taken);
  }

  /// No end can be made any more, other than by copying one.
  void remove_maker() {
    add_reader();
    remove_reader();
    add_writer();
    remove_writer();
  }

  void poison(bool after_buffer) {
    ring<T> dropped;
    offer* taken = nullptr;
    {
      const std::lock_guard hold(lock_);
      taken = poison_all();
      if (!after_buffer) buffer_.swap(dropped);
    }
    complete_all(taken);
  }

 private:
  static constexpr bool may_throw = !std::is_nothrow_move_constructible_v<T>;

  /// While T is moved to or from the slot of an offer: if that throws, the offer is as if it had not been
  /// found.
  class holding {
   public:
    explicit holding(offer& peer) noexcept : group_(may_throw ? peer.group : nullptr) {}
    ~holding() {
      if (group_ != nullptr) group_->reopen();
    }
    holding(const holding&) = delete;
    holding& operator=(const holding&) = delete;
    void succeeded() noexcept {
      if (group_ != nullptr) std::exchange(group_, nullptr)->settle();
    }

   private:
    selection* group_;
  };

  /// After an item has left the buffer: the first sender who waits puts his there. The item that made room
  /// has been received already, so a move that throws is that sender's failure.
  offer* refill() noexcept {
    offer* taken = nullptr;
    offer** last = &taken;
    while (!buffer_.full()) {
      offer* const sender = claim_first<false>(senders_);
      if (sender == nullptr) break;
      op_status result = op_status::done;
      try {
        buffer_.push(std::move(*static_cast<T*>(sender->slot)));
      } catch (...) {
        sender->failure = std::current_exception();
        result = op_status::failed;
      }
      take(senders_, *sender, result);
      *last = sender;
      last = &sender->next;
    }
    return taken;
  }

  ring<T> buffer_;
};

} // namespace clotho::detail
