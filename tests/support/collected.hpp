#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <mutex>
#include <string>
#include <string_view>

#include <clotho/core/log.hpp>

namespace clotho::test {

/// Text from any thread, such as what is told to a log.
class collected {
 public:
  void add(std::string_view line) {
    const std::lock_guard lock(mutex_);
    text_.append(line).append("\n");
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  log_sink sink() {
    return log_sink([this](log_level, std::string_view line) { add(line); });
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

} // namespace clotho::test
