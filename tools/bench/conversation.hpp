#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <sys/types.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace clotho::bench {

/// A child process that answers lines with lines. Killed and waited for on destruction.
class conversation {
 public:
  /// Throws io_error when it cannot be started.
  explicit conversation(const std::vector<std::string>& command);
  ~conversation();
  conversation(const conversation&) = delete;
  conversation& operator=(const conversation&) = delete;

  /// Sends a line; an empty one sends nothing. Returns the next line it says. Throws io_error when it has
  /// ended, or says nothing for `patience`.
  std::string ask(const std::string& line, std::chrono::seconds patience = std::chrono::seconds(60));

  [[nodiscard]] pid_t process() const noexcept { return process_; }

 private:
  std::string name_;
  pid_t process_ = -1;
  int to_ = -1, from_ = -1;
  std::string received_;
};

} // namespace clotho::bench
