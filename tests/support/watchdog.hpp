#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace clotho::test {

/// Ends the process, saying what was going on, when nothing has been noted for a minute: a hang becomes a failure that
/// can be repeated.
class watchdog {
 public:
  /// `seed`: what to run again with.
  explicit watchdog(std::string seed) : seed_(std::move(seed)), guard_([this] { watch(); }) {}
  ~watchdog() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_one();
    guard_.join();
  }
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  /// There is progress: this comes next.
  void note(std::string next) {
    const std::lock_guard lock(mutex_);
    doing_ = std::move(next);
    ++noted_;
  }

 private:
  void watch() {
    std::unique_lock lock(mutex_);
    for (unsigned long seen = noted_; !over_; seen = noted_) {
      changed_.wait_for(lock, std::chrono::seconds(60), [&] { return over_; });
      if (over_ || noted_ != seen) continue;
      std::fprintf(stderr, "hangs since a minute, in: %s\nrepeat with %s\n", doing_.c_str(), seed_.c_str());
      std::abort();
    }
  }

  const std::string seed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string doing_ = "nothing yet";
  unsigned long noted_ = 0;
  bool over_ = false;
  std::thread guard_;
};

} // namespace clotho::test
