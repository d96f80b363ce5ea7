#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include <clotho/flow/detail/flow_state.hpp>
#include <clotho/flow/detail/held_views.hpp>

namespace clotho::detail {

/// The future of a view, as its task sees it.
class view_receiver {
 public:
  [[nodiscard]] virtual future_core& core() noexcept = 0;
  /// Nobody has taken its result, or is about to: whoever has the future holds the view.
  [[nodiscard]] virtual bool is_left_alone() const noexcept = 0;
  /// One of these, once: the data are there, until the task is told to end; or why they are not.
  virtual void receive(std::span<std::byte> bytes) noexcept = 0;
  virtual void fail(std::exception_ptr why) noexcept = 0;

 protected:
  ~view_receiver() = default;
};

/// Memory that is the host's until a view of it is released: a task that begins when the data are there, and ends then.
class view_task final : public flow_state<void> {
 public:
  view_task(flow_core& flow, flow_access&& access);

  /// Submits it; `to` receives the view. Throws what submitting throws.
  void submit_for(view_receiver& to);
  /// By the view, once; the caller holds a reference.
  void end() noexcept;
  /// Returns whether it was kept from beginning. It keeps its turn.
  [[nodiscard]] bool keep_from_beginning() noexcept { return prevent(); }

  /// Who has the view; and that it lies in its future.
  void taken_here() noexcept;
  void put_into_future() noexcept;
  /// Its future goes, and what is in there with it.
  void forget_future() noexcept;
  /// As far as is known the calling thread has it, by itself or in its future. With held_views::mutex held.
  [[nodiscard]] bool is_held_here() const noexcept;
  /// The first time.
  [[nodiscard]] bool is_news() noexcept { return !told_.exchange(true, std::memory_order_relaxed); }

  [[nodiscard]] std::span<flow_access> accesses() noexcept override { return {&access_, 1}; }
  /// "a host view of 100 float (inout)".
  [[nodiscard]] std::string describe() const override { return name_; }

 private:
  [[nodiscard]] std::string_view title() const noexcept override { return "view"; }
  [[nodiscard]] bool work_on() override;
  void clear() noexcept override;
  [[nodiscard]] state_ref<future_core> take_receiver() noexcept;
  void note_holder() noexcept;

  const std::shared_ptr<held_views> views_;
  flow_access access_;
  const std::string name_;
  const std::thread::id asked_by_;
  std::atomic<std::thread::id> holder_;
  std::atomic<bool> taken_{false};
  std::atomic<bool> told_{false};
  state_ref<future_core> kept_;     // the future, until it has received something
  view_receiver* future_ = nullptr; // as long as there is one; guarded by held_views::mutex
};

} // namespace clotho::detail
