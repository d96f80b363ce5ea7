#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include <clotho/core/executor.hpp>
#include <clotho/core/os/thread.hpp>

namespace clotho {

/// A fixed number of threads and one first-in-first-out queue, for coarse work such as program builds.
/// Destruction finishes everything that was submitted and joins every thread.
class thread_pool final : public executor {
 public:
  /// Starts `threads` threads with stacks of 16 MiB; 0 means one per hardware thread.
  explicit thread_pool(unsigned threads = 0);
  ~thread_pool() override;

  /// Returns at once. Throws nothing but std::bad_alloc.
  void submit(std::function<void()> work) override;
  [[nodiscard]] unsigned concurrency() const noexcept override {
    return static_cast<unsigned>(threads_.size());
  }

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool closing_ = false;
  std::vector<os::thread> threads_;
};

} // namespace clotho
