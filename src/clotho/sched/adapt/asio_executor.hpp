#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <functional>
#include <utility>

#include <clotho/sched/detail/lent_threads.hpp>

namespace clotho {

/// Runs work on an asio::thread_pool, or the one of Boost.Asio, or any context whose executor knows
/// `running_in_this_thread`. The user includes the headers, <asio/post.hpp> among them:
///
///     asio::thread_pool threads(4);
///     clotho::asio_executor here(threads, 4);
///
/// The pool must outlive it and not be stopped before: destruction waits for everything that was submitted, and so is
/// not for such work itself. What work throws, and failures that nobody observes, are told to `log`.
///
/// When a thread of the pool waits for a future it runs what that comes from, if that has not begun, but no thread takes
/// its place while it blocks: coroutines and promises that need the pool's last thread wait for ever.
template <class Pool> class asio_executor final : public detail::lent_threads {
 public:
  /// `threads`: how many the pool has, which Asio does not tell.
  asio_executor(Pool& pool, unsigned threads, log_sink log = {})
      : lent_threads("an Asio pool", std::move(log)), pool_(pool), threads_(std::max(1u, threads)) {}
  ~asio_executor() override { wait_for_work(); }

  void submit(std::function<void()> work) override { post(pool_.get_executor(), counted(std::move(work))); }
  [[nodiscard]] unsigned concurrency() const noexcept override { return threads_; }
  [[nodiscard]] bool is_worker() const noexcept override {
    return pool_.get_executor().running_in_this_thread();
  }

 private:
  Pool& pool_;
  const unsigned threads_;
};

} // namespace clotho
