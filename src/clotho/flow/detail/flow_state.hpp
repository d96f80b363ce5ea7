#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/consequence.hpp>
#include <clotho/flow/detail/flow_core.hpp>
#include <clotho/flow/detail/flow_node.hpp>
#include <clotho/sched/detail/future_core.hpp>
#include <clotho/sched/future.hpp>

namespace clotho::detail {

/// A task of a flow together with its future: one allocation for both.
template <class R> class flow_state : public future_state<R>, public flow_node {
 public:
  [[nodiscard]] future_core& core() noexcept final { return *this; }

  /// Gives it to the flow. Once.
  static future<R> submit(state_ref<flow_state> made) {
    made->flow().submit(*made);
    return future<R>(state_ref<future_state<R>>::adopt(made.leave()));
  }

 protected:
  explicit flow_state(flow_core& flow) : future_state<R>(flow.where(), future_core::stage::awaiting), flow_node(flow) {}

  /// Does the work, or begins it, and says whether it is done. What it throws is the result.
  [[nodiscard]] virtual bool work_on() = 0;
  /// It has failed before it could begin. True: those before it have not ended, and it will end after them.
  [[nodiscard]] virtual bool ends_later(const std::exception_ptr& /*failure*/) noexcept { return false; }
  /// Frees what work_on has used.
  virtual void clear() noexcept {}

  /// For what has begun and has to be done anew: it does its work again when all before it have finished. The caller, which
  /// was to end it, holds a reference, and leaves it alone afterwards.
  void begin_again() noexcept {
    this->retain(); // while it waits
    again_ = true;
    this->reopen();
    wait_again();
    arrive(false);
  }

 private:
  [[nodiscard]] bool perform() noexcept final {
    const flow_core::inside here(flow());
    const std::shared_ptr<flow_tracer> tracer = flow().tracer(); // if it ends elsewhere, the flow may be gone before we are back
    if (!tracer) [[likely]] return perform_now();
    const auto begin = std::chrono::steady_clock::now();
    trace_before();
    const bool done = perform_now();
    trace_here(*tracer, begin, done);
    return done;
  }
  [[nodiscard]] bool perform_now() noexcept {
    try {
      if (!begin()) throw cancelled_error("the task was cancelled before it began");
      if (flow().is_cancelled()) [[unlikely]] throw cancelled_error("the runtime was shut down before the task began");
      check_after();
      return work_on();
    } catch (...) {
      if (ends_later(std::current_exception())) return false;
      this->set_failure(std::current_exception());
      return true;
    }
  }
  void drop() noexcept final {
    settle(this->failure());
    clear();
    forget_before();
  }
  // Who goes on right here is still inside: the flow counts this task.
  void announce() noexcept final {
    const flow_core::inside here(flow());
    this->complete();
  }
  void completed() noexcept final {
    flow_core& flow = this->flow();
    release_after();
    flow.left();
  }
  void make_ready(bool continues) noexcept final {
    if (this->admit()) {
      if (again_)
        this->enqueue_anew();
      else
        continues && runs_inline() ? this->run_in_turn() : this->enqueue(continues, urgency());
    }
    this->release(); // what kept it while it waited
  }
  // It keeps its turn, and what it would have written is damaged then: who comes after it must not overtake who came
  // before.
  [[nodiscard]] bool cancel_one() override { return prevent(); }
  void about_to_block() final {
    held_views::tell_of_blocking(*this, [this] { return describe(); });
  }
  [[nodiscard]] bool owns_upstream() const noexcept final { return false; }
  [[nodiscard]] state_ref<future_core> upstream(std::size_t i) final { return before(i); }
  void report(std::exception_ptr unseen) noexcept final {
    if (root_of(unseen) == unseen) future_core::report(std::move(unseen)); // else its cause is reported
  }

  bool again_ = false; // it begins again, or has
};

} // namespace clotho::detail
