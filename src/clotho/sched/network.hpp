#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <concepts>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/executor.hpp>
#include <clotho/core/log.hpp>
#include <clotho/sched/channel_error.hpp>
#include <clotho/sched/detail/process.hpp>
#include <clotho/sched/detail/start.hpp>
#include <clotho/sched/task.hpp>

namespace clotho {

/// Whether the deadlocks of a network are found.
enum class deadlock_watch {
  automatic, ///< where clotho was built with assertions (without NDEBUG)
  always,
  never
};

struct network_options {
  std::string name = {}; ///< stands before the names of its processes in reports
  log_sink log = {};     ///< told of deadlocks
  deadlock_watch watch = deadlock_watch::automatic;
};

/// Processes that run at the same time and communicate by channels only. As PyCSP's Parallel.
///
/// A process is a callable, which has a thread of the executor for itself while it runs, blocked or not; or a
/// task<void>, or a callable that returns one, which has none while it waits. It ends by returning; or by
/// letting channel_closed escape, which is the usual way to end a network and no failure. With it go the ends
/// it owns: what it has captured, or was given as coroutine parameters.
///
/// Where the network is watched: when each of its processes waits for channels, and has no time-out, skip or
/// other guard, that is a deadlock. It is reported, naming the process, channel and operation of each, and
/// each of these operations throws deadlock_error. Networks started by a process, or on the executor that a
/// coroutine of a process belongs to, are watched together with it. Until `join`, whoever starts processes
/// counts as one that runs. Not for a network that communicates with threads outside of it during join, nor
/// for coroutines that wait for a channel and something else at the same time: use deadlock_watch::never.
///
/// `start` is safe from any thread, processes included; join is for one thread at a time.
class network {
 public:
  explicit network(executor& where, network_options options = {});
  /// Joins. A failure that join has not thrown goes to the executor's `unobserved`.
  ~network();
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  /// Starts a process. Throws what the executor's submit throws.
  void start(std::string name, task<void> body);
  template <class F>
    requires std::invocable<std::decay_t<F>&>
  void start(std::string name, F&& body);

  /// Blocks until every process has ended. Throws what the first of them to fail has thrown.
  void join();
  /// `co_await` does the same without blocking the thread.
  class join_awaiter;
  [[nodiscard]] join_awaiter async_join() noexcept;

 private:
  struct member;
  using action = std::function<void()>;
  void start_callable(std::string name, action body, action release);
  void start_task(std::string name, task<void> body, action release);
  std::shared_ptr<member> enter(std::string name);
  void leave(member& one, std::exception_ptr failure) noexcept;
  [[nodiscard]] bool wait_for_all(detail::waiter& joiner);
  void throw_failure();

  executor& where_;
  const network_options options_;
  std::shared_ptr<detail::network_watch> watch_; ///< null: not watched
  bool nested_ = false;                          ///< the watch belongs to a network further out

  std::mutex mutex_;
  std::size_t alive_ = 0;
  detail::waiter* joiner_ = nullptr;
  std::exception_ptr failure_;
};

class [[nodiscard]] network::join_awaiter {
 public:
  explicit join_awaiter(network& joined) noexcept : joined_(joined) {}

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  // Not inlined: clang 14 would put its temporaries into the frame, which may be gone before they end.
  template <class Promise> [[gnu::noinline]] bool await_suspend(std::coroutine_handle<Promise> self) {
    self_ = detail::coroutine_waiter(self);
    return joined_.wait_for_all(self_);
  }
  void await_resume() { joined_.throw_failure(); }

 private:
  network& joined_;
  detail::coroutine_waiter self_;
};

inline network::join_awaiter network::async_join() noexcept { return join_awaiter(*this); }

template <class F>
  requires std::invocable<std::decay_t<F>&>
void network::start(std::string name, F&& body) {
  using callable = std::decay_t<F>;
  // Shared, since std::function wants copies; emptied when the process ends, whoever still holds a copy.
  const auto held = std::make_shared<std::optional<callable>>(std::in_place, std::forward<F>(body));
  const auto release = [held] { held->reset(); };
  if constexpr (std::same_as<std::invoke_result_t<callable&>, task<void>>)
    start_task(std::move(name), (**held)(), release);
  else
    start_callable(
        std::move(name), [held] { (**held)(); }, release);
}

/// A process with a name, for parallel().
template <class Body> struct named_process {
  std::string name;
  Body body;
};
template <class Body> named_process(std::string, Body) -> named_process<Body>;
template <class Body> named_process(const char*, Body) -> named_process<Body>;

namespace detail {

template <class Body> void start_process(network& in, std::size_t, named_process<Body> one) {
  in.start(std::move(one.name), std::move(one.body));
}
template <class Body> void start_process(network& in, std::size_t number, Body&& body) {
  in.start("process " + std::to_string(number), std::forward<Body>(body));
}

} // namespace detail

/// Runs processes on `where` until all have ended, and throws what the first of them to fail has thrown. Each
/// is a callable, a task<void>, or a named_process; see network. Blocks the thread.
///
///     parallel(pool, named_process{"source", [out = c.writer()] { out.send(1); }},
///                    named_process{"sink", sink(c.reader())});
template <class... Processes>
void parallel(executor& where, network_options options, Processes&&... processes) {
  network all(where, std::move(options));
  std::size_t number = 0;
  (detail::start_process(all, number++, std::forward<Processes>(processes)), ...);
  all.join();
}
template <class First, class... Processes>
  requires(!std::same_as<std::remove_cvref_t<First>, network_options>)
void parallel(executor& where, First&& first, Processes&&... processes) {
  clotho::parallel(where, network_options{}, std::forward<First>(first),
                   std::forward<Processes>(processes)...);
}

} // namespace clotho
