#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <coroutine>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <clotho/core/executor.hpp>
#include <clotho/core/log.hpp>
#include <clotho/sched/detail/offer.hpp>
#include <clotho/sched/detail/waiter.hpp>

namespace clotho::detail {

class network_watch;

/// One process of a watched network, as the channels see it. Is in at most one operation at a time; a process
/// seen in two is never taken for blocked again.
class process {
 public:
  process(std::shared_ptr<network_watch> watch, std::string name);
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::shared_ptr<network_watch>& watch() const noexcept { return watch_; }

  /// The process whose code the calling thread runs, as a callable; null: none that is watched.
  [[gnu::noinline]] static process* current() noexcept { return current_; }
  /// Sets it; returns the one before.
  [[gnu::noinline]] static process* exchange_current(process* other) noexcept {
    return std::exchange(current_, other);
  }

  /// The process is about to wait for `first`, or one of its siblings, without any other way to go on. The
  /// locks of their channels are held, and they are not enlisted yet. Not null: nobody in the network runs
  /// any more, and find_deadlock() is to be called when the locks are released.
  [[nodiscard]] std::shared_ptr<network_watch> blocks(offer& first) noexcept;
  /// Somebody has claimed what the process waits for. It runs again from here, before it is told.
  void taken() noexcept;
  /// The process goes on. Until then `first` must stay; no lock is held.
  void resumes() noexcept;

 private:
  friend network_watch;

  const std::shared_ptr<network_watch> watch_;
  const std::string name_;
  std::atomic<offer*> waits_for_{nullptr};
  std::atomic<bool> several_{false};

  static inline constinit thread_local process* current_ = nullptr;
};

/// Counts the processes of a network, and of those nested in it, that can still do something.
///
/// A process leaves the count under the lock of the channel it starts to wait in, and whoever takes it off
/// enters it again under the same lock. So zero means that every process is listed somewhere and claimed by
/// none. Locks are taken in the order: the watch's, then a channel's.
class network_watch {
 public:
  explicit network_watch(log_sink log) : log_(std::move(log)) {}

  /// Whoever starts processes counts as running.
  void add_running() noexcept;
  /// One that counted does no longer; true: it was the last.
  [[nodiscard]] bool remove_running() noexcept;

  /// Reports and fails every process that waits, if nobody runs.
  void find_deadlock() noexcept;

 private:
  friend process;

  struct verdict;
  [[nodiscard]] std::string describe() const;

  const log_sink log_;
  std::atomic<int> running_{0};
  std::mutex mutex_;
  std::vector<process*> processes_; ///< in the order they were started
};

/// The executor that the coroutines of one watched process belong to: tells whose they are, and passes work
/// on.
class process_executor final : public executor {
 public:
  process_executor(executor& target, process& who) noexcept : target_(target), who_(who) {}

  [[nodiscard]] process& who() const noexcept { return who_; }

  void submit(std::function<void()> work) override { target_.submit(std::move(work)); }
  void submit_bulk(std::span<std::function<void()>> work) override { target_.submit_bulk(work); }
  void submit_continuation(std::function<void()> work) override {
    target_.submit_continuation(std::move(work));
  }
  bool help_until(const std::function<bool()>& done) override { return target_.help_until(done); }
  [[nodiscard]] unsigned concurrency() const noexcept override { return target_.concurrency(); }
  [[nodiscard]] bool is_worker() const noexcept override { return target_.is_worker(); }
  void unobserved(std::exception_ptr failure) noexcept override { target_.unobserved(std::move(failure)); }

 private:
  executor& target_;
  process& who_;
};

/// The process an executor stands for; null: none that is watched.
[[nodiscard]] process* process_behind(executor* where) noexcept;

/// How many processes are watched anywhere, so that coroutines pay for one load where none is.
inline constinit std::atomic<unsigned> watched_processes{0};

/// The watched process that a coroutine is part of.
template <class Promise> [[nodiscard]] process* process_of(std::coroutine_handle<Promise> handle) noexcept {
  if (watched_processes.load(std::memory_order_relaxed) == 0) return nullptr;
  return process_behind(executor_of(handle));
}

} // namespace clotho::detail
