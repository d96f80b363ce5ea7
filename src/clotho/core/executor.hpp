#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <exception>
#include <functional>
#include <span>
#include <utility>

namespace clotho {

/// Something that runs work: clotho's own pool, or the application's. Safe to call from any thread.
///
/// An application implements `submit` and `concurrency`; what it leaves out works, less well. Adapters for
/// oneTBB and Asio are in `<clotho/sched/adapt/...>`.
class executor {
 public:
  executor() = default;
  executor(const executor&) = delete;
  executor& operator=(const executor&) = delete;
  virtual ~executor() = default;

  /// Runs `work` once, on any thread, at once or later. `work` does not throw. It may lead to the end of the
  /// executor before `submit` returns, which therefore touches nothing of it once `work` can run.
  virtual void submit(std::function<void()> work) = 0;

  /// Submits every element, leaving moved-from ones behind; cheaper than one at a time where the executor can.
  virtual void submit_bulk(std::span<std::function<void()>> work) {
    for (std::function<void()>& one : work) submit(std::move(one));
  }

  /// Submits what the calling thread's work leads to, such as the resumption of a coroutine it has woken: an
  /// executor with a queue per worker keeps it near. By default the same as submit.
  virtual void submit_continuation(std::function<void()> work) { submit(std::move(work)); }

  /// Lends the calling thread: runs queued work, of any kind, until `done()` holds or nothing is queued, and
  /// returns `done()`. By default runs nothing. Only for a caller that holds no lock such work might want.
  virtual bool help_until(const std::function<bool()>& done) { return done(); }

  /// How many pieces of work can run at the same time; at least 1.
  [[nodiscard]] virtual unsigned concurrency() const noexcept = 0;

  /// Whether the calling thread is one of this executor's.
  [[nodiscard]] virtual bool is_worker() const noexcept { return false; }

  /// Told of a failure that nobody can observe any more: a future was dropped, detached work threw. By default
  /// it is lost.
  virtual void unobserved(std::exception_ptr /*failure*/) noexcept {}
};

/// Runs everything in the thread that submits it.
class inline_executor final : public executor {
 public:
  void submit(std::function<void()> work) override { work(); }
  [[nodiscard]] unsigned concurrency() const noexcept override { return 1; }
};

} // namespace clotho
