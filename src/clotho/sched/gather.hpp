#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <clotho/sched/detail/start.hpp>
#include <clotho/sched/task.hpp>

namespace clotho {

namespace detail {

/// Counts the tasks of one gather, and itself, down; resumes the gathering coroutine when all have ended.
class gathering {
 public:
  explicit gathering(std::size_t count) noexcept : left_(count + 1) {}

  /// Starts `work`, to end in `result`. Not to throw: what could not start has failed.
  template <class T> void add(task<T>&& work, outcome<T>& result) noexcept {
    try {
      start(
          std::move(work), where_,
          [this, &result](outcome<T>&& ended) noexcept {
            result = std::move(ended);
            count_down(result.exception());
          },
          stop_);
    } catch (...) {
      result.set_exception(std::current_exception());
      count_down(result.exception());
    }
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  /// `start_all` adds every task. Returns whether `parent` has to wait.
  // Not inlined into await_suspend, see waiter.hpp.
  template <class Promise, class StartAll>
  [[gnu::noinline]] bool begin(std::coroutine_handle<Promise> parent, StartAll& start_all) {
    parent_ = parent;
    where_ = executor_of(parent);
    stop_ = stop_token_of(parent);
    start_all(*this);
    return !last(); // Unless it was last, it may be resumed, and this be gone, from here on.
  }
  /// Throws the first exception there was.
  void finish() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  void count_down(std::exception_ptr failure) noexcept {
    // Relaxed: the countdown publishes what the one that sets it writes.
    if (failure && !failed_.exchange(true, std::memory_order_relaxed)) first_ = std::move(failure);
    if (last()) resume_on(nullptr, parent_); // A root ends where its parent belongs.
  }
  // Acquire and release: who counts down last sees every result.
  bool last() noexcept { return left_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

  std::atomic<std::size_t> left_;
  std::atomic<bool> failed_{false};
  std::exception_ptr first_;
  std::coroutine_handle<> parent_;
  executor* where_ = nullptr;
  std::stop_token stop_;
};

template <class StartAll> class gather_awaiter : gathering {
 public:
  gather_awaiter(std::size_t count, StartAll& start_all) noexcept : gathering(count), start_all_(start_all) {}
  using gathering::await_ready;
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> parent) {
    return begin(parent, start_all_);
  }
  void await_resume() const { finish(); }

 private:
  StartAll& start_all_;
};

} // namespace detail

/// Runs all tasks at the same time, each as work of its own on the executor of the awaiting coroutine, and
/// gives all results: std::monostate for none. When some fail, throws the first exception there was, after
/// all have ended; none is stopped for it. A request to stop reaches all. As Python's asyncio.gather.
template <class... Ts> task<std::tuple<detail::void_to_monostate<Ts>...>> gather(task<Ts>... tasks) {
  std::tuple<detail::outcome<Ts>...> results;
  auto start_all = [&](detail::gathering& all) {
    std::apply([&](auto&... result) { (all.add(std::move(tasks), result), ...); }, results);
  };
  co_await detail::gather_awaiter(sizeof...(Ts), start_all);
  co_return std::apply(
      [](auto&... result) { return std::tuple<detail::void_to_monostate<Ts>...>(detail::take(result)...); },
      results);
}

/// The same for any number of one type: a vector of the results, in the order of the tasks.
template <class T>
task<std::conditional_t<std::is_void_v<T>, void, std::vector<detail::void_to_monostate<T>>>>
gather(std::vector<task<T>> tasks) {
  std::vector<detail::outcome<T>> results(tasks.size());
  auto start_all = [&](detail::gathering& all) {
    for (std::size_t i = 0; i < tasks.size(); ++i) all.add(std::move(tasks[i]), results[i]);
  };
  co_await detail::gather_awaiter(tasks.size(), start_all);
  if constexpr (!std::is_void_v<T>) {
    std::vector<T> values;
    values.reserve(results.size());
    for (detail::outcome<T>& result : results) values.push_back(result.take());
    co_return values;
  }
}

} // namespace clotho
