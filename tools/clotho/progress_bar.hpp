#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstddef>
#include <string>

namespace clotho::tool {

/// One line on standard error that says how far a run has come. Shown only on a terminal, after half a
/// second, and never where $CI is set; gone when the object is.
class progress_bar {
 public:
  progress_bar();
  ~progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void show(std::size_t done, std::size_t all, const std::string& what);

 private:
  using clock = std::chrono::steady_clock;
  bool enabled_;
  bool visible_ = false;
  clock::time_point next_;
};

} // namespace clotho::tool
