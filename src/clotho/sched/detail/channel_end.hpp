#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <string>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/channel_core.hpp>

namespace clotho::detail {

struct reader_side {
  static constexpr const char* name = "reader";
  static constexpr bool poison_after_buffer = false;
  static void enter(channel_base& where) noexcept { where.add_reader(); }
  template <class T> static void leave(channel_core<T>& where) { where.remove_reader(); }
};

struct writer_side {
  static constexpr const char* name = "writer";
  static constexpr bool poison_after_buffer = true;
  static void enter(channel_base& where) noexcept { where.add_writer(); }
  template <class T> static void leave(channel_core<T>& where) { where.remove_writer(); }
};

/// What readers and writers share: a counted place at one side of a channel.
template <class T, class Side> class channel_end {
 public:
  channel_end(const channel_end& other) noexcept : channel_end(other.core_) {}
  channel_end(channel_end&& other) noexcept = default;
  channel_end& operator=(channel_end other) noexcept {
    core_.swap(other.core_);
    return *this;
  }
  ~channel_end() { retire(); }

  /// Leaves the channel; nothing, when it has left before.
  void retire() noexcept {
    if (const auto left = std::exchange(core_, nullptr)) Side::leave(*left);
  }
  /// Ends the channel for both sides; see channel.
  void poison() const { core().poison(Side::poison_after_buffer); }

  /// Whether it has neither left nor been moved from.
  [[nodiscard]] explicit operator bool() const noexcept { return core_ != nullptr; }
  [[nodiscard]] const std::string& name() const { return core().name(); }

  /// For clotho's own templates. Throws argument_error when it has left.
  [[nodiscard]] channel_core<T>& core() const {
    if (core_ == nullptr) [[unlikely]]
      throw argument_error(std::string("this ") + Side::name + " has left its channel or was moved from");
    return *core_;
  }

 protected:
  channel_end() noexcept = default;
  explicit channel_end(std::shared_ptr<channel_core<T>> core) noexcept : core_(std::move(core)) {
    if (core_ != nullptr) Side::enter(*core_);
  }

 private:
  std::shared_ptr<channel_core<T>> core_;
};

} // namespace clotho::detail
