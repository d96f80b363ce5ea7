#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <functional>
#include <utility>

#include <clotho/sched/detail/lent_threads.hpp>

namespace clotho {

/// Runs work in an arena of oneTBB, whose headers the user includes: `tbb_executor here(arena);`
///
/// The arena must outlive it. Destruction waits for everything that was submitted, and so is not for such work itself.
/// What work throws, and failures that nobody observes, are told to `log`.
///
/// A thread is a worker here while it runs work that was submitted here; not because it has joined the arena some
/// other way. When it waits for a future it runs what that comes from, if that has not begun, but no thread takes its
/// place while it blocks: coroutines and promises that need the arena's last thread wait for ever.
template <class Arena> class tbb_executor final : public detail::lent_threads {
 public:
  explicit tbb_executor(Arena& arena, log_sink log = {})
      : lent_threads("a oneTBB arena", std::move(log)), arena_(arena) {}
  ~tbb_executor() override { wait_for_work(); }

  void submit(std::function<void()> work) override { arena_.enqueue(counted(std::move(work))); }
  [[nodiscard]] unsigned concurrency() const noexcept override {
    return static_cast<unsigned>(std::max(1, arena_.max_concurrency()));
  }
  [[nodiscard]] bool is_worker() const noexcept override { return runs_here(); }

 private:
  Arena& arena_;
};

} // namespace clotho
