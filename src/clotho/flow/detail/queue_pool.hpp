#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <clotho/runtime/queue.hpp>

namespace clotho::detail {

/// Queues of one context, each for one thread at a time. Safe from any thread.
class queue_pool {
 public:
  explicit queue_pool(const context& owner, bool profiling = false) : owner_(owner), profiling_(profiling) {}

  /// A queue for as long as it lives.
  class lease {
   public:
    explicit lease(queue_pool& from) : from_(from) {
      {
        const std::lock_guard lock(from_.mutex_);
        if (!from_.idle_.empty()) {
          leased_.emplace(std::move(from_.idle_.back()));
          from_.idle_.pop_back();
        }
      }
      if (!leased_) leased_.emplace(from_.owner_, from_.profiling_);
    }
    ~lease() {
      const std::lock_guard lock(from_.mutex_);
      from_.idle_.push_back(std::move(*leased_));
    }
    lease(const lease&) = delete; // one thread would become two
    lease& operator=(const lease&) = delete;
    queue* operator->() noexcept { return &*leased_; }
    queue& operator*() noexcept { return *leased_; }

   private:
    queue_pool& from_;
    std::optional<queue> leased_;
  };

 private:
  const context owner_;
  const bool profiling_;
  std::mutex mutex_;
  std::vector<queue> idle_;
};

} // namespace clotho::detail
