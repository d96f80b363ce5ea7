#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <memory>
#include <optional>

namespace clotho {

namespace detail {
struct event_state;
}

/// When a command was queued, submitted, started and ended, on the device's clock.
struct event_times {
  std::chrono::nanoseconds queued{}, submitted{}, started{}, ended{};
  [[nodiscard]] std::chrono::nanoseconds run() const noexcept { return ended - started; }
};

/// A command in a queue. A handle: copies watch the same command. A default-made event watches nothing and is
/// complete.
class event {
 public:
  event() = default;
  explicit event(std::shared_ptr<detail::event_state> state) : state_(std::move(state)) {}

  /// Blocks until the command has ended; throws error when it failed.
  void wait() const;
  /// Never blocks. A failed command is complete.
  [[nodiscard]] bool complete() const;
  /// The command's times, once it is complete and if the queue measures them. Empty when the driver gives
  /// none, or gives times that cannot be (an end before its start): a few drivers do.
  [[nodiscard]] std::optional<event_times> times() const;

  [[nodiscard]] const std::shared_ptr<detail::event_state>& state() const noexcept { return state_; }

 private:
  std::shared_ptr<detail::event_state> state_;
};

/// Whether four raw timestamps can be true, and if so what they say. Start and end are what counts: queued
/// and submitted are clamped to them when a driver mixes clocks.
[[nodiscard]] std::optional<event_times> plausible_times(std::uint64_t queued, std::uint64_t submitted,
                                                         std::uint64_t started, std::uint64_t ended) noexcept;

} // namespace clotho
