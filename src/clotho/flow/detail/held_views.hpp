#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <clotho/core/log.hpp>

namespace clotho::detail {

class future_core;
class view_task;

/// The views of a flow from when they are asked for until they are released. Who is about to wait for one that the calling
/// thread itself holds is told by the log, once for each view: it may wait for ever. Safe from any thread.
class held_views : public std::enable_shared_from_this<held_views> {
 public:
  explicit held_views(log_sink log) : log_(std::move(log)) {}

  void add(view_task& one);
  void remove(view_task& one) noexcept;
  /// The calling thread has a view of this flow, or has asked for one.
  void note_thread();
  /// What a view knows of its future is read with this held.
  [[nodiscard]] std::mutex& mutex() noexcept { return mutex_; }

  /// The calling thread is about to wait for `awaited`, null: for all tasks, which `what` describes.
  void tell_who_waits(future_core* awaited, const std::string& what);
  /// The same in all flows of which the calling thread has had views; does not touch the flow of `awaited`, which may be gone
  /// when that is ready. `describe` says what it is.
  template <class Describe> static void tell_of_blocking(future_core& awaited, Describe describe) {
    const std::vector<std::weak_ptr<held_views>> all = of_thread(); // the log may take and release views
    for (const std::weak_ptr<held_views>& one : all)
      if (const auto views = one.lock(); views && views->any()) views->tell_who_waits(&awaited, describe());
  }
  [[nodiscard]] bool any() const noexcept { return count_.load(std::memory_order_relaxed) != 0; }

 private:
  [[nodiscard]] static std::vector<std::weak_ptr<held_views>>& of_thread() noexcept;

  const log_sink log_;
  std::atomic<std::size_t> count_{0}; // a hint: the calling thread's own views are counted
  std::mutex mutex_;                  // guards what is below
  std::vector<view_task*> views_;
};

} // namespace clotho::detail
