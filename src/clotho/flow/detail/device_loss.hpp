#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <exception>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/runtime/context.hpp>

namespace clotho::detail {

/// Whether a device is gone, for all who have data there; it may outlive its lane. Safe from any thread.
class device_loss {
 public:
  [[nodiscard]] bool is_known() const noexcept { return known_.load(std::memory_order_acquire); } // pairs with note: why_
  /// A device_lost_error. Only when it is known.
  [[nodiscard]] const std::exception_ptr& why() const noexcept { return why_; }
  /// Once.
  void note(std::exception_ptr why) noexcept {
    why_ = std::move(why);
    known_.store(true, std::memory_order_release);
  }

 private:
  std::exception_ptr why_;
  std::atomic<bool> known_{false};
};

/// What a failure of a driver says about the device.
enum class loss_sign {
  none,     ///< it lies with what was asked for
  possible, ///< drivers say so of devices that are gone, and of other things
  certain
};
[[nodiscard]] loss_sign sign_of_loss(const error& failure) noexcept;

/// Whether the device still copies a few bytes there and back, on a queue of its own. Blocks.
[[nodiscard]] bool answers(const context& owner) noexcept;

/// Whether a driver has no memory for a new buffer; for one that it allocates when it is used first.
[[nodiscard]] bool lacks_memory(const error& failure) noexcept;
[[nodiscard]] bool lacks_memory_for_use(const error& failure) noexcept;

/// Whether `failure` is a device_lost_error.
[[nodiscard]] bool is_loss(const std::exception_ptr& failure) noexcept;

} // namespace clotho::detail
