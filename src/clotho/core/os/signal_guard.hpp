#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>

namespace clotho::os {

/// Puts back, on destruction, every signal handler that was installed at construction. Drivers that carry
/// LLVM replace the handlers of the whole process when they are first asked for devices.
class signal_guard {
 public:
  signal_guard();
  ~signal_guard();
  signal_guard(const signal_guard&) = delete;
  signal_guard& operator=(const signal_guard&) = delete;

 private:
  struct handlers;
  std::unique_ptr<handlers> saved_;
};

} // namespace clotho::os
