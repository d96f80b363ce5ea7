#pragma once
// SPDX-License-Identifier: Apache-2.0

namespace clotho::tool {

/// While it lives, whatever a driver or a kernel's printf writes to descriptor 1 goes to standard error, so
/// that it cannot forge or break the command's output; print() still reaches the real standard output. At
/// most one at a time. Throws io_error.
class stdout_guard {
 public:
  stdout_guard();
  ~stdout_guard();
  stdout_guard(const stdout_guard&) = delete;
  stdout_guard& operator=(const stdout_guard&) = delete;

 private:
  int saved_;
};

} // namespace clotho::tool
