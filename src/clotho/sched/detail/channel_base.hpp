#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <utility>

#include <clotho/sched/channel_error.hpp>
#include <clotho/sched/detail/short_lock.hpp>
#include <clotho/sched/detail/offer.hpp>

namespace clotho::detail {

/// What an attempt at an operation has led to: its status (`waiting`: it cannot go on now), and the offers of
/// the other side that it has taken, chained by `next`, to be told once the locks are released.
struct attempt {
  op_status status = op_status::waiting;
  offer* taken = nullptr;
};

/// Tells the owners of a chain of offers; see complete.
inline void complete_all(offer* first) {
  while (first != nullptr) {
    offer& one = *first;
    first = one.next; // before its owner may destroy it
    complete(one);
  }
}

/// The part of a channel that does not depend on the type of its items: who waits, who is left, and why it
/// ended.
class channel_base {
 public:
  channel_base(const channel_base&) = delete;
  channel_base& operator=(const channel_base&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] short_lock& lock() noexcept { return lock_; }

  /// Queues an offer. The lock is held, and an attempt has just shown that it has to wait.
  void enlist(offer& one) noexcept { list_of(one).push_back(one); }
  /// Takes back an offer. False: somebody else has taken it.
  bool withdraw(offer& one) noexcept;
  /// Takes back an operation that is asked to stop, with `cancelled` as its result, or sees to it that it is
  /// not queued. True: it was queued, and complete must follow. False: it is complete, or has not been queued
  /// yet.
  bool cancel(offer& one) noexcept;
  /// Takes an offer by itself to fail for `why`; complete must follow. False: somebody else has taken it.
  bool fail(offer& one, const std::exception_ptr& why) noexcept;

  void add_reader() noexcept;
  void add_writer() noexcept;

  /// Throws what `status` means to an operation.
  [[noreturn]] void raise(op_status status, bool sends, const std::exception_ptr& failure) const;

 protected:
  enum class side : unsigned char { none, readers, writers };

  explicit channel_base(std::string name) : name_(std::move(name)) {}
  ~channel_base() = default;

  /// The first offer of `list` that the caller can claim, or hold; those that have committed elsewhere are
  /// dropped. The lock is held.
  template <bool Hold> static offer* claim_first(offer_list& list) noexcept {
    while (offer* const first = list.front()) {
      if (first->group == nullptr || (Hold ? first->group->hold() : first->group->claim())) return first;
      list.remove(*first);
    }
    return nullptr;
  }
  /// Takes an offer that was claimed off its list.
  static void take(offer_list& list, offer& claimed, op_status result) noexcept {
    list.remove(claimed);
    claimed.next = nullptr;
    claimed.result = result;
    if (claimed.who != nullptr) count_as_running(*claimed.who);
  }
  static void count_as_running(process& who) noexcept;

  /// Ends what has not ended yet, and takes everybody who waits. The lock is held; complete_all must follow.
  offer* poison_all() noexcept;
  offer* retire_all(side left) noexcept;

  short_lock lock_;
  // What an operation that cannot succeed any more gets; `waiting`: it can. What is in the buffer comes
  // first.
  op_status send_end_ = op_status::waiting;
  op_status receive_end_ = op_status::waiting;
  side left_ = side::none; ///< whose leaving has retired the channel; set at most once
  offer_list receivers_;
  offer_list senders_;
  std::size_t readers_ = 0;
  std::size_t writers_ = 0;

 private:
  offer_list& list_of(const offer& one) noexcept { return one.sends ? senders_ : receivers_; }
  offer* take_all(op_status result) noexcept;

  const std::string name_;
};

} // namespace clotho::detail
