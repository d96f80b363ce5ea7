#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <climits>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <clotho/core/executor.hpp>
#include <clotho/core/log.hpp>
#include <clotho/core/os/thread.hpp>
#include <clotho/sched/core_budget.hpp>
#include <clotho/sched/detail/work.hpp>
#include <clotho/sched/priority.hpp>

namespace clotho {

namespace detail {
class pool_core;
/// Throws argument_error for an empty function.
void check_not_empty(const std::function<void()>& work);
} // namespace detail

struct thread_pool_options {
  static constexpr unsigned automatic = UINT_MAX;
  static constexpr unsigned most_threads = 1024;

  /// `automatic`: one per core that the process may use. 0: no thread; everything runs in the thread that
  /// submits it. At most `most_threads`.
  unsigned threads = automatic;
  /// How many more threads may stand in for workers that block; they are started when there is need. At most
  /// `most_threads`.
  unsigned spares = 256;
  std::string name = "clotho";                               ///< threads are named NAME-0, NAME-1, ...
  bool pin = false;                                          ///< binds worker i to the i-th core
  std::size_t stack_bytes = os::thread::default_stack_bytes; ///< of each thread
  log_sink log;                                              ///< told of failures that nobody observes
  std::shared_ptr<core_budget> budget;                       ///< null: one of its own
};

/// A work-stealing pool of threads; src/clotho/sched/README.md says how it works.
///
/// Work is run in about the order of submission, several pieces at once. What runs on a pool may submit, fork
/// (join, task_group, parallel_for) and wait. A waiting worker runs what it waits for and what that has forked,
/// never unrelated work, which might need a lock that the waiter holds; when there is none it blocks, and a spare
/// thread takes its place.
///
/// Safe from any thread. Destruction finishes everything that was submitted, what that submits included, and joins
/// every thread; when a worker of the pool destroys it, that thread is left to end by itself. In a child made by
/// fork() there are no threads: calls throw closed_error there, and destruction leaves the threads alone.
class thread_pool final : public executor {
 public:
  /// Throws argument_error for options out of range, error when the system refuses a thread.
  explicit thread_pool(unsigned threads = thread_pool_options::automatic);
  explicit thread_pool(thread_pool_options options);
  ~thread_pool() override;

  /// Returns at once, except in a pool without threads. What `work` throws is reported to the log. Throws
  /// argument_error for an empty function, closed_error after close().
  void submit(std::function<void()> work) override { submit(std::move(work), priority::normal); }
  void submit(std::function<void()> work, priority band);
  void submit_bulk(std::span<std::function<void()>> work) override;
  /// From a worker: the work is its next, unless another worker steals it.
  void submit_continuation(std::function<void()> work) override;

  /// Runs `f` on a worker and returns what it returns, or throws what it throws. Blocks; a worker of this pool
  /// simply calls `f`.
  template <class F> std::invoke_result_t<F&> execute(F&& f);

  bool help_until(const std::function<bool()>& done) override;
  [[nodiscard]] unsigned concurrency() const noexcept override;
  [[nodiscard]] bool is_worker() const noexcept override;
  void unobserved(std::exception_ptr failure) noexcept override;

  /// Refuses what is submitted from other threads than its own from now on. What was submitted is finished.
  void close() noexcept;

  /// For clotho's own templates.
  [[nodiscard]] detail::pool_core& core() const noexcept { return *core_; }

 private:
  using call = void (*)(void* f);
  void execute_erased(call how, void* f);

  std::shared_ptr<detail::pool_core> core_;
};

template <class F> std::invoke_result_t<F&> thread_pool::execute(F&& f) {
  using result = std::invoke_result_t<F&>;
  if constexpr (std::is_void_v<result>) {
    execute_erased([](void* body) { (*static_cast<std::remove_reference_t<F>*>(body))(); },
                   const_cast<void*>(static_cast<const void*>(std::addressof(f))));
  } else {
    std::optional<result> returned;
    execute([&] { returned.emplace(f()); });
    return *std::move(returned);
  }
}

} // namespace clotho
