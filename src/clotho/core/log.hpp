#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <functional>
#include <string_view>

namespace clotho {

enum class log_level { debug, info, warning, error };

/// Where clotho's messages go: one hook, given by the application; silent by default. clotho never prints.
/// A value, cheap to copy. The hook may be called from any thread; what it throws is swallowed.
class log_sink {
 public:
  using hook = std::function<void(log_level, std::string_view)>;

  log_sink() = default;
  log_sink(hook target) : target_(std::move(target)) {} // NOLINT: a hook is a sink

  void operator()(log_level level, std::string_view text) const noexcept {
    if (!target_) return;
    try {
      target_(level, text);
    } catch (...) { // A failing hook must not turn a message into a second failure.
    }
  }

 private:
  hook target_;
};

} // namespace clotho
