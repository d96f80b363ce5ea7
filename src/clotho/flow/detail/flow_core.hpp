#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include <clotho/flow/detail/attachments.hpp>
#include <clotho/flow/detail/flow_identity.hpp>
#include <clotho/flow/detail/flow_node.hpp>
#include <clotho/flow/detail/flow_tracer.hpp>
#include <clotho/flow/detail/held_views.hpp>
#include <clotho/sched/detail/place.hpp>

namespace clotho::detail {

/// What the tasks of one runtime share: the order of submission, the executor, and how many are under way.
class flow_core {
 public:
  flow_core(executor& host, std::size_t max_in_flight, std::shared_ptr<flow_tracer> tracer, log_sink log = {})
      : where_(host),
        most_(max_in_flight),
        threads_(host.concurrency()),
        tracer_(std::move(tracer)),
        views_(std::make_shared<held_views>(std::move(log))) {}

  [[nodiscard]] const place& where() const noexcept { return where_; }
  [[nodiscard]] const flow_identity& identity() const noexcept { return identity_; }
  /// One thread does all the host's work.
  [[nodiscard]] bool is_alone() const noexcept { return threads_ <= 1; }

  /// Null: nothing is recorded.
  [[nodiscard]] const std::shared_ptr<flow_tracer>& tracer() const noexcept { return tracer_; }

  [[nodiscard]] const std::shared_ptr<held_views>& views() const noexcept { return views_; }
  /// What layers above keep here.
  [[nodiscard]] attachments& kept() noexcept { return kept_; }

  /// Puts `task` behind what it conflicts with. Blocks while too many are under way, except inside a task, which others
  /// may be waiting for, and on a worker, which they may need.
  void submit(flow_node& task);
  /// Throws argument_error unless `before` is a task of this flow.
  [[nodiscard]] node_ref checked_after(const state_ref<future_core>& before) const;
  /// Blocks until all tasks have finished. Throws deadlock_error inside a task.
  void wait();
  /// Takes no more tasks, but from tasks. Blocks until all have ended, or until `deadline`: then those that have not begun
  /// are cancelled. Returns how many have not ended a moment later.
  std::size_t shut_down(std::chrono::steady_clock::time_point deadline);
  /// Nothing begins any more.
  [[nodiscard]] bool is_cancelled() const noexcept { return stage_.load(std::memory_order_relaxed) == stage::cancelled; }
  /// A task has finished. The flow may be gone afterwards.
  void left() noexcept;
  /// Whether any task has failed so far.
  void note_failure() noexcept { failed_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool any_failed() const noexcept { return failed_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t under_way() const noexcept { return state_.load(std::memory_order_seq_cst) / one_more; }

  /// That the calling thread is inside a task, while it lives.
  class inside {
   public:
    explicit inside(const flow_core& flow) noexcept : outer_(current()) { current() = &flow; }
    ~inside() { current() = outer_; }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;
    [[nodiscard]] static const flow_core*& current() noexcept;

   private:
    const flow_core* outer_;
  };

 private:
  enum class stage : unsigned char { open, closed, cancelled };

  void enter();
  void warn_of_views(const char* what) const;
  void wait_for_at_most(std::size_t count, std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());

  const place where_;
  const flow_identity identity_ = std::make_shared<char>();
  const std::size_t most_;
  const std::size_t threads_;
  const std::shared_ptr<flow_tracer> tracer_;
  const std::shared_ptr<held_views> views_;
  attachments kept_;
  std::mutex submission_; // held while a task takes its place
  std::vector<node_ref> before_;
  static constexpr std::size_t one_more = 2;
  std::atomic<std::size_t> state_{0}; // tasks under way * 2 + whether somebody waits for fewer
  std::atomic<bool> failed_{false};
  std::atomic<stage> stage_{stage::open};
  std::mutex waiting_;
  std::condition_variable fewer_;
  unsigned waiters_ = 0;
};

} // namespace clotho::detail
