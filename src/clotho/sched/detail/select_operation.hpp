#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <clotho/sched/detail/channel_base.hpp>
#include <clotho/sched/detail/selection.hpp>

namespace clotho::detail {

class network_watch;

/// What a select can do to its guards.
class guard_base {
 public:
  enum class kind : unsigned char {
    input,   ///< receives from channel() into slot()
    output,  ///< sends what is in slot() to channel()
    event,   ///< becomes ready some time; enrolled by itself
    timeout, ///< as event, or a deadline of the waiting thread
    skip,    ///< is ready, but only when no other guard is
    cancel   ///< as event, but not one of the user's guards
  };

  /// Whether only a thread can wait for it.
  static constexpr bool needs_thread = false;

  explicit guard_base(kind what) noexcept : kind_(what) {}

  [[nodiscard]] kind what() const noexcept { return kind_; }
  [[nodiscard]] bool communicates() const noexcept { return kind_ <= kind::output; }
  [[nodiscard]] bool enabled() const noexcept { return enabled_ && possible_; }
  void enable(bool now) noexcept { enabled_ = now; }

  /// Commits if that is possible now. A channel guard: under its channel's lock; throws what T's move throws.
  virtual attempt poll() = 0;
  /// The following two: channel guards only.
  [[nodiscard]] virtual channel_base* channel() const noexcept { return nullptr; }
  [[nodiscard]] virtual void* slot() noexcept { return nullptr; }
  /// The following two: others only. From enrol to withdraw the guard may claim the selection. False: it is
  /// ready, has not claimed, and will not.
  virtual bool enrol(selection& /*waiting*/, std::uint32_t /*index*/) { return true; }
  virtual void withdraw() noexcept {}
  /// When a time-out that has no timer is over.
  [[nodiscard]] virtual std::optional<std::chrono::steady_clock::time_point> deadline() const noexcept {
    return std::nullopt;
  }
  /// Runs the user's action, after the guard has committed.
  virtual void act() = 0;

 protected:
  guard_base(const guard_base&) = default;
  guard_base(guard_base&&) = default;
  guard_base& operator=(const guard_base&) = default;
  guard_base& operator=(guard_base&&) = default;
  ~guard_base() = default;

  /// It can never be ready.
  void rule_out() noexcept { possible_ = false; }

 private:
  kind kind_;
  bool enabled_ = true;
  bool possible_ = true;
};

/// In which order guards that are ready at the same time commit.
struct guard_order {
  std::size_t first = 0; ///< where to begin; the rest follows, counted round
  bool strict = false;   ///< a guard that skips has its place in the order; else it comes last
};

/// One select. Everything it needs to wait is in memory that its caller lends: one offer and one channel for
/// each guard.
class select_operation {
 public:
  select_operation(std::span<guard_base* const> guards, std::span<offer> offers,
                   std::span<channel_base*> channels) noexcept
      : guards_(guards), offers_(offers), channels_(channels) {}

  /// Commits a guard, or enrols all of them and returns false: then `owner` will be woken, and both may be
  /// gone on return. Throws argument_error when no guard is enabled; what T's move throws, with nothing done.
  [[nodiscard]] bool start(waiter& owner, process* who, guard_order order);

  /// The earliest deadline among the time-outs; the waiting thread has to keep it.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const noexcept;
  /// That deadline has come. False: another guard has committed, and the owner will be woken.
  [[nodiscard]] bool time_out() noexcept;

  /// Once a guard has committed: takes the others back.
  void withdraw() noexcept;
  [[nodiscard]] std::size_t committed() const noexcept { return state_.committed(); }
  /// `done`, or what has become of the channel.
  [[nodiscard]] op_status status() const noexcept {
    return guards_[committed()]->communicates() ? offers_[committed()].result : op_status::done;
  }
  /// After withdraw: runs the action of the guard that has committed, or throws what its channel threw.
  void act();

 private:
  [[nodiscard]] std::span<channel_base*> lock_order();
  bool commit_ready(guard_order order, offer*& taken);
  bool try_guard(std::size_t index, offer*& taken);
  [[nodiscard]] std::shared_ptr<network_watch> enlist(process* who);
  bool enrol();

  std::span<guard_base* const> guards_;
  std::span<offer> offers_;
  std::span<channel_base*> channels_;
  selection state_;
  process* who_ = nullptr;
  std::size_t enrolled_ = 0; ///< guards that have been asked to enrol
  bool listed_ = false;
};

} // namespace clotho::detail
