#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>

#include <clotho/core/executor.hpp>
#include <clotho/core/log.hpp>
#include <clotho/runtime/device.hpp>

namespace clotho {

class binary_cache;

namespace detail {
struct context_state;
}

/// How host memory reaches a device.
enum class transfer_mode {
  automatic, ///< straight on devices that share the host's memory, through pinned memory elsewhere
  direct,    ///< the driver's own read and write
  staged     ///< in pieces through pinned memory
};

struct context_options {
  log_sink log{};
  /// Where programs are kept between runs; none by default. A runtime has one by default.
  std::shared_ptr<binary_cache> cache{};
  /// Runs background work (storing binaries). It must outlive the context. Without one, what is pending is
  /// done when the context is destroyed.
  executor* background = nullptr;
  transfer_mode transfers = transfer_mode::automatic;
};

/// A device made ready for use: everything allocated, built and launched belongs to a context. A handle:
/// copies share one context, which lives as long as anything made in it. Safe from any thread.
class context {
 public:
  /// Throws error when the driver refuses.
  explicit context(const device& target, context_options options = {});
  /// The device that select_device(selector) names.
  explicit context(std::string_view selector = {}) : context(select_device(selector)) {}

  [[nodiscard]] const device& target() const noexcept;
  [[nodiscard]] const device_info& info() const noexcept { return target().info(); }

  /// Stores the binaries of programs that were built here and are not in the cache yet. Blocks; on PoCL this
  /// compiles each kernel once more, so it happens in the background or at the end, never before a result.
  void store_binaries() const;

  explicit context(std::shared_ptr<detail::context_state> state) : state_(std::move(state)) {}
  [[nodiscard]] const std::shared_ptr<detail::context_state>& state() const noexcept { return state_; }

 private:
  std::shared_ptr<detail::context_state> state_;
};

} // namespace clotho
