#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <exception>
#include <memory>

#include <clotho/core/executor.hpp>
#include <clotho/sched/priority.hpp>
#include <clotho/sched/detail/work.hpp>

namespace clotho {
class thread_pool;
}

namespace clotho::detail {

class pool_core;

/// Where the work of futures runs: in a pool, whose insides are kept as long as a future wants to report to them; on
/// another executor, which must last as long; or nowhere in particular, which is in the thread that gets there.
class place {
 public:
  place() = default;
  explicit place(thread_pool& pool);
  explicit place(executor& where);

  /// Runs `added` once. Throws what submit throws, and then has not taken it. Only pools know bands.
  void submit(work& added, priority band = priority::normal) const;
  /// The same for what the calling thread may run itself, though it is no worker.
  void submit_reserved(work& added) const;
  /// The same for what the calling thread's work leads to.
  void submit_continuation(work& added) const;
  /// Takes back what the calling thread, no worker, was the last to submit. False: somebody else has it, or will get to it.
  [[nodiscard]] bool take_back(const work& submitted) const;
  /// How long a thread may look in vain for what is done there before it sleeps, and what it does between looks.
  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept;
  void rest() const noexcept;
  /// Throws closed_error when nobody works there because this is a fork of the process that does.
  void check_not_forked() const;
  /// Whether the calling thread may run its work: it is one of its workers, or there are none.
  [[nodiscard]] bool may_run_here() const noexcept;
  /// Whether the calling thread is one of its workers.
  [[nodiscard]] bool is_worker() const noexcept;
  void unobserved(std::exception_ptr failure) const noexcept;
  /// Runs work in the calling thread, one piece after the other: what one leads to does not run inside it.
  static void run_in_turn(work& added);

 private:
  std::shared_ptr<pool_core> pool_;
  executor* other_ = nullptr;
};

} // namespace clotho::detail
