#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <exception>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/external_state.hpp>

namespace clotho {

/// Ends a task whose work others do: see runtime::external. Move-only; the thread that has it may differ from call to call.
///
/// One of succeed and fail, once, from any thread; what comes after the task may begin right there, before they return.
/// Later calls, and calls on a handle that was moved from, throw argument_error. A handle that goes without either fails
/// the task with dropped_error. The runtime waits for every handle: one that is kept for ever keeps it for ever.
template <class T> class completion_of {
 public:
  completion_of(completion_of&&) noexcept = default;
  completion_of& operator=(completion_of&& other) noexcept {
    std::swap(task_, other.task_);
    return *this;
  }
  completion_of(const completion_of&) = delete; // a task ends once
  completion_of& operator=(const completion_of&) = delete;
  ~completion_of() {
    if (task_) take()->drop_handle();
  }

  /// The work is done, and what the task was to write is written. What making the value throws fails the task.
  template <class... Args> void succeed(Args&&... args) {
    const auto task = checked_take();
    task->end([&](detail::outcome<T>& result) {
      result.set_from([&]() -> T { return T(std::forward<Args>(args)...); });
    });
  }
  /// What the task was to write is damaged then. `why` must not be null.
  void fail(std::exception_ptr why) {
    if (!why) throw argument_error("a task was to fail without an exception");
    const auto task = checked_take();
    task->end([&](detail::outcome<T>& result) { result.set_exception(std::move(why)); });
  }

  /// For clotho's own code.
  explicit completion_of(detail::state_ref<detail::external_state<T>> task) noexcept : task_(std::move(task)) {}

 private:
  using reference = detail::state_ref<detail::external_state<T>>;
  reference take() noexcept { return std::exchange(task_, {}); }
  reference checked_take() {
    if (!task_) throw argument_error("this task was completed already, or its completion was moved from");
    return take();
  }

  reference task_;
};

/// Of a task without a result.
using completion = completion_of<void>;

} // namespace clotho
