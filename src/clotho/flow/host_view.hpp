#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <clotho/flow/buffer.hpp>
#include <clotho/flow/detail/host_call.hpp>
#include <clotho/flow/detail/view_task.hpp>
#include <clotho/sched/future.hpp>

namespace clotho {

/// The elements of a buffer, or of a part of one, on the host: see runtime::view. They are there as long as the view has
/// not been released; tasks that conflict wait until it is, and then see what was written. Of const elements when they are
/// only read. Move-only; the thread that has it may differ from call to call.
///
/// The runtime waits for every view: who holds one and waits for the runtime, or for a task that comes after it, waits for
/// ever. The log is told when that is about to happen. An empty view, made without a buffer, moved from or released, has no
/// elements.
template <class T> class host_view {
 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;
  using iterator = T*;

  host_view() noexcept = default;
  host_view(host_view&& other) noexcept : task_(std::move(other.task_)), elements_(std::exchange(other.elements_, {})) {
    if (task_) task_->taken_here();
  }
  host_view& operator=(host_view&& other) noexcept {
    host_view taken(std::move(other));
    std::swap(task_, taken.task_);
    std::swap(elements_, taken.elements_);
    return *this;
  }
  host_view(const host_view&) = delete; // the memory is given back once
  host_view& operator=(const host_view&) = delete;
  ~host_view() { release(); }

  /// Gives the memory back; what comes after may begin right there, before this returns. The view is empty afterwards.
  void release() noexcept {
    elements_ = {};
    if (const auto task = std::exchange(task_, {})) task->end();
  }

  [[nodiscard]] std::span<T> span() const noexcept { return elements_; }
  [[nodiscard]] T* data() const noexcept { return elements_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return elements_.size(); }
  [[nodiscard]] bool empty() const noexcept { return elements_.empty(); }
  [[nodiscard]] T* begin() const noexcept { return elements_.data(); }
  [[nodiscard]] T* end() const noexcept { return elements_.data() + elements_.size(); }
  [[nodiscard]] T& operator[](std::size_t i) const noexcept { return elements_[i]; }

  /// For clotho's own code.
  host_view(detail::state_ref<detail::view_task> task, std::span<T> elements) noexcept
      : task_(std::move(task)), elements_(elements) {}

 private:
  detail::state_ref<detail::view_task> task_;
  std::span<T> elements_;
};

namespace detail {

/// The future of a view. It is ready when the task of the view has begun, not when that has ended.
template <class T> class view_state final : public future_state<host_view<T>>, private view_receiver {
 public:
  view_state(flow_core& flow, flow_access&& access)
      : future_state<host_view<T>>(flow.where(), future_core::stage::claimed),
        task_(state_ref<view_task>::adopt(new view_task(flow, std::move(access)))) {}
  ~view_state() override { task_->forget_future(); }

  [[nodiscard]] view_task& task() noexcept { return *task_; }
  void submit() { task_->submit_for(*this); }

 private:
  [[nodiscard]] future_core& core() noexcept override { return *this; }
  [[nodiscard]] bool is_left_alone() const noexcept override { return future_core::is_left_alone(); }
  void receive(std::span<std::byte> bytes) noexcept override {
    const std::span<T> elements(reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T));
    this->result.set_value(state_ref<view_task>::share(*task_), elements);
    task_->put_into_future();
    this->complete();
  }
  void fail(std::exception_ptr why) noexcept override { future_core::fail(std::move(why)); }

  [[nodiscard]] bool cancel_one() override { return task_->keep_from_beginning(); }
  [[nodiscard]] bool owns_upstream() const noexcept override { return false; }
  [[nodiscard]] state_ref<future_core> upstream(std::size_t i) override {
    return i == 0 ? state_ref<future_core>::share(*task_) : state_ref<future_core>();
  }
  void about_to_block() override {
    held_views::tell_of_blocking(*task_, [this] { return task_->describe(); });
  }
  void report(std::exception_ptr unseen) noexcept override {
    if (root_of(unseen) == unseen) future_core::report(std::move(unseen)); // else its cause is reported
  }

  const state_ref<view_task> task_;
};

/// What names one piece of memory that can be seen as elements.
template <class Access>
concept viewable = requires(const Access& what) {
  typename Access::span_type::element_type;
  what.what().access(what.mode);
};

template <viewable Access, class... Said>
[[nodiscard]] auto submit_view(flow_core& flow, const Access& what, const Said&... said) {
  static_assert((is_about_task<Said> && ...), "a view is of one buffer; beside that it takes after(f) and priorities");
  using element = typename Access::span_type::element_type;
  auto made = state_ref<view_state<element>>::adopt(new view_state<element>(flow, std::move(accesses_among<1>(flow, what)[0])));
  (obey(made->task(), said), ...);
  made->submit();
  return future<host_view<element>>(state_ref<future_state<host_view<element>>>::adopt(made.leave()));
}

} // namespace detail

} // namespace clotho
