#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <clotho/core/log.hpp>
#include <clotho/runtime/device.hpp>

namespace clotho::test {

/// A scenario ended without an error and with wrong data: what no fault may ever lead to.
class wrong_result : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// What a scenario works with: a device found before anything fails, and where clotho's reports go.
class bench {
 public:
  bench(device target, device without_quirks)
      : target_(std::move(target)), without_quirks_(std::move(without_quirks)) {}

  [[nodiscard]] const device& target() const noexcept { return target_; }
  /// The same device, trusted more than it deserves.
  [[nodiscard]] const device& without_quirks() const noexcept { return without_quirks_; }

  [[nodiscard]] log_sink log() {
    return log_sink([this](log_level, std::string_view text) { report(text); });
  }
  void report(std::string_view text);
  /// Everything reported since the last call.
  [[nodiscard]] std::vector<std::string> take_reports();

 private:
  device target_, without_quirks_;
  std::mutex mutex_;
  std::vector<std::string> reports_;
};

/// A use of the public API from its first context to its last release, which checks the data it gets.
struct scenario {
  const char* name;
  void (*run)(bench& with); ///< throws what clotho throws, or wrong_result
};

[[nodiscard]] std::span<const scenario> all_scenarios();

} // namespace clotho::test
