#pragma once
// SPDX-License-Identifier: Apache-2.0

namespace clotho::os {

/// Tells a process that owns threads from its forks, which do not: fork() copies only the calling thread.
class fork_guard {
 public:
  fork_guard();
  ~fork_guard();
  fork_guard(const fork_guard&) = delete;
  fork_guard& operator=(const fork_guard&) = delete;

  /// Whether this is a fork of the process that made the guard. Costs one load where the system can wipe a page
  /// on fork, a system call elsewhere.
  [[nodiscard]] bool forked() const noexcept;

 private:
  volatile const char* page_ = nullptr; // reads 1 in the process that made it, 0 in its forks
  long process_ = 0;
};

} // namespace clotho::os
