#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <optional>
#include <string_view>
#include <utility>

#include <clotho/flow/buffer.hpp>
#include <clotho/flow/image.hpp>
#include <clotho/flow/launch_timing.hpp>
#include <clotho/flow/scratch.hpp>
#include <clotho/runtime/launch_argument.hpp>
#include <clotho/sched/future.hpp>
#include <clotho/sched/priority.hpp>

namespace clotho {

/// Another task that a task comes after, although no data say so.
class after_task {
 public:
  explicit after_task(detail::state_ref<detail::future_core> task) noexcept : task_(std::move(task)) {}
  [[nodiscard]] const detail::state_ref<detail::future_core>& task() const noexcept { return task_; }

 private:
  detail::state_ref<detail::future_core> task_;
};

/// As an argument of a task: it begins when the task of `before` has finished, and fails with dependency_error when that
/// has failed. Only for futures of the same runtime.
template <class T> [[nodiscard]] after_task after(const future<T>& before) { return after_task(before.share_state()); }

struct run_inline_tag {};
/// As an argument of a task: where it has to wait for others, it begins on the thread that sees the last of them end, which
/// may be one that waits for a device, and spares waking a thread of the pool. For what is short, and never waits itself: no
/// other task on that device is seen to end meanwhile.
inline constexpr run_inline_tag run_inline{};

/// One argument of a task, borrowed from the caller for the length of the call: a buffer, a part of one or an image, by
/// itself or as in(x), out(x), inout(x); scratch; a sampling; after(f); a priority: which of the tasks that may begin goes
/// first; run_inline; measure(timing), for launches; or what launch_argument takes: a scalar, a std::array of scalars for a
/// vector, a trivially copyable struct, local_memory, nullptr.
class flow_argument {
 public:
  template <detail::flow_array A> flow_argument(const A& what) : access_(detail::all_of(what).access(access_mode::inout)) {} // NOLINT
  template <class T, access_mode Mode>
  flow_argument(const accessed<T, Mode>& stated) : access_(stated.what().access(Mode)), mode_is_stated_(true) {} // NOLINT
  flow_argument(const sampling& how) : how_to_sample_(&how) {}                                                   // NOLINT
  template <class T> flow_argument(const scratch<T>& what) : scratch_(what.request()) {}                          // NOLINT
  flow_argument(const after_task& before) : after_(&before) {}                                                   // NOLINT
  flow_argument(priority urgency) : urgency_(urgency) {}                                                         // NOLINT
  flow_argument(run_inline_tag) : is_run_inline_(true) {}                                                        // NOLINT
  flow_argument(const measured& how) : timing_(how.into()) {}                                                   // NOLINT
  flow_argument(const launch_argument& value) : value_(value) {}                                                 // NOLINT
  template <class T>
  requires(std::is_constructible_v<launch_argument, const T&> && !std::is_same_v<T, launch_argument> && !std::is_same_v<T, priority> &&
           !std::is_same_v<T, measured> && !std::is_same_v<T, run_inline_tag>)
  flow_argument(const T& value) : value_(value) {} // NOLINT

  /// What launch_argument takes; null for memory.
  [[nodiscard]] const launch_argument& value() const noexcept { return value_; }
  [[nodiscard]] const std::optional<detail::flow_access>& access() const noexcept { return access_; }
  /// Memory that is made for the task.
  [[nodiscard]] const std::optional<detail::scratch_request>& scratch() const noexcept { return scratch_; }
  [[nodiscard]] bool is_memory() const noexcept { return access_.has_value() || scratch_.has_value(); }
  [[nodiscard]] bool mode_is_stated() const noexcept { return mode_is_stated_; }
  [[nodiscard]] const sampling* how_to_sample() const noexcept { return how_to_sample_; }
  [[nodiscard]] const after_task* after() const noexcept { return after_; }
  [[nodiscard]] const std::optional<priority>& urgency() const noexcept { return urgency_; }
  [[nodiscard]] bool is_run_inline() const noexcept { return is_run_inline_; }
  /// Where to say what the launch took; null: nowhere.
  [[nodiscard]] launch_timing* timing() const noexcept { return timing_; }
  /// It goes to the kernel; else it is about the task.
  [[nodiscard]] bool is_for_kernel() const noexcept { return after_ == nullptr && !urgency_ && !is_run_inline_ && timing_ == nullptr; }
  [[nodiscard]] std::string_view name() const noexcept { return value_.name; }
  void set_name(std::string_view name) noexcept { value_.name = name; }

 private:
  launch_argument value_{nullptr};
  std::optional<detail::flow_access> access_;
  std::optional<detail::scratch_request> scratch_;
  bool mode_is_stated_ = false;
  const sampling* how_to_sample_ = nullptr;
  const after_task* after_ = nullptr;
  std::optional<priority> urgency_;
  bool is_run_inline_ = false;
  launch_timing* timing_ = nullptr;
};

namespace detail {
template <class T>
concept flow_memory_argument = requires(const T& what) {
  { flow_argument(what).access() };
} && !std::is_constructible_v<launch_argument, const T&>;
} // namespace detail

/// A sampling by name.
[[nodiscard]] inline flow_argument arg(std::string_view name, const sampling& how) {
  flow_argument named(how);
  named.set_name(name);
  return named;
}

/// A buffer or an image by name: launch(k, range, arg("y", inout(y)), arg("a", 2.0f)).
template <detail::flow_memory_argument T> [[nodiscard]] flow_argument arg(std::string_view name, const T& what) {
  flow_argument named(what);
  named.set_name(name);
  return named;
}

} // namespace clotho
