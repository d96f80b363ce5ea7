#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>

#include <clotho/core/os/cpu.hpp>
#include <clotho/sched/detail/waiter.hpp>

namespace clotho::detail {

/// What became of an operation on a channel.
enum class op_status : std::uint8_t { waiting, done, poisoned, retired, failed, cancelled };

/// What the guards of one select share while it waits: which of them commits, decided once by `claim`.
///
///     open -> claimed            by whoever commits a guard
///     open -> held -> claimed    by a thread that moves a T whose move may throw
///          -> held -> open       when that move has thrown
///
/// Nobody waits while he holds a selection, so that `claim` spins for one move at most.
class selection {
 public:
  /// True, to one caller ever: the guard he claims it for commits.
  [[nodiscard]] bool claim() noexcept { return leave_open(state::claimed); }
  /// The same, but not final yet: `settle` or `reopen` must follow.
  [[nodiscard]] bool hold() noexcept { return leave_open(state::held); }
  void settle() noexcept { state_.store(state::claimed, std::memory_order_release); }
  void reopen() noexcept { state_.store(state::open, std::memory_order_release); }

  /// Says which guard commits, after a successful claim. Wakes the owner, who may be gone on return; not
  /// under a lock.
  void commit(std::uint32_t index) {
    committed_ = index;
    if (second()) owner_->wake();
  }
  /// The same for the owner himself, who then goes on instead of waiting.
  void commit_own(std::uint32_t index) noexcept { committed_ = index; }

  /// Nothing has claimed the selection before the owner is set.
  void owned_by(waiter& owner) noexcept { owner_ = &owner; }
  /// The owner is done with enrolling its guards. True: one has committed meanwhile, and nobody will wake
  /// him. False: he will be woken, and may be gone already.
  [[nodiscard]] bool enrolled() noexcept { return second(); }

  /// Once the owner was woken, or `enrolled`, or has committed himself.
  [[nodiscard]] std::uint32_t committed() const noexcept { return committed_; }

 private:
  enum class state : std::uint8_t { open, held, claimed };

  bool leave_open(state next) noexcept {
    for (;;) {
      state seen = state::open;
      // Acquire pairs with reopen: the thrown move has left the slot alone. Release publishes nothing by
      // itself; what the claimant writes is published by `second`.
      if (state_.compare_exchange_strong(seen, next, std::memory_order_acq_rel)) return true;
      if (seen == state::claimed) return false;
      os::yield();
    }
  }

  // Of two who meet here, the claimant and the owner, the second goes on: before that, neither may touch what
  // the other is about to write or destroy. Acquire and release make each see what the other has done.
  bool second() noexcept { return met_.exchange(true, std::memory_order_acq_rel); }

  std::atomic<state> state_{state::open};
  std::atomic<bool> met_{false};
  std::uint32_t committed_ = 0;
  waiter* owner_ = nullptr;
};

} // namespace clotho::detail
