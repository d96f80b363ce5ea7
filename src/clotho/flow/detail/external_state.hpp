#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <exception>
#include <string>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/flow_state.hpp>
#include <clotho/sched/detail/outcome.hpp>

namespace clotho {

/// Who was to complete a task has dropped it.
class dropped_error : public error {
 public:
  using error::error;
};

namespace detail {

/// A task that ends when two have done their part: the call that starts the work, which uses the function and may still be
/// under way when others complete it, and the one handle to complete it by.
template <class T> class external_state : public flow_state<T> {
 public:
  [[nodiscard]] std::string describe() const final { return "an external task"; }

  /// By the handle, from any thread; the caller holds a reference.
  template <class Set> void end(Set set) noexcept {
    set(this->result);
    drop_handle();
  }
  void drop_handle() noexcept {
    if (last_to_leave()) this->finish();
  }

 protected:
  using flow_state<T>::flow_state;

  /// Calls `start`, to which the handle has been given.
  template <class Start> [[nodiscard]] bool start_with(Start start) noexcept {
    try {
      start();
    } catch (...) {
      thrown_ = std::current_exception();
    }
    return last_to_leave();
  }

 private:
  // Acquire-release: the last sees the result, and what `start` has thrown. That wins: the work was not begun as it should.
  [[nodiscard]] bool last_to_leave() noexcept {
    if (parts_.fetch_sub(1, std::memory_order_acq_rel) != 1) return false;
    if (thrown_)
      this->set_failure(thrown_);
    else if (!this->result)
      this->set_failure(std::make_exception_ptr(dropped_error("an external task was dropped without completing it")));
    return true;
  }

  std::atomic<unsigned> parts_{2};
  std::exception_ptr thrown_;
};

} // namespace detail

} // namespace clotho
