// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/timer.hpp>

#include <string>

#include <clotho/core/error.hpp>

namespace clotho {

/// A function in a queue. Waits for its time like a coroutine.
class timer::scheduled final : public detail::timer_queue::entry,
                               public detail::waiter,
                               public std::enable_shared_from_this<scheduled> {
 public:
  scheduled(std::shared_ptr<detail::timer_queue> queue, std::function<void()> callback, log_sink log)
      : queue_(std::move(queue)), callback_(std::move(callback)), log_(std::move(log)) {
    who = this;
  }

  void start(clock::time_point at) {
    deadline = at;
    (void)queue_->enter(*this);
  }
  bool cancel() { return queue_->cancel(*this); }

  void wake() override {
    if (now == phase::cancelled) return;  // the timer was destroyed
    const auto self = shared_from_this(); // for a callback that drops its own handle
    try {
      callback_();
    } catch (const std::exception& failure) {
      log_(log_level::error, std::string("a timer's callback failed: ") + failure.what());
    } catch (...) {
      log_(log_level::error, "a timer's callback failed");
    }
  }

 private:
  std::shared_ptr<detail::timer_queue> queue_;
  std::function<void()> callback_;
  log_sink log_;
};

timer::timer(log_sink log) : log_(std::move(log)), queue_(std::make_shared<detail::timer_queue>()) {}

timer::~timer() { queue_->close(); }

timer::call timer::call_at(clock::time_point deadline, std::function<void()> callback) {
  if (!callback) throw argument_error("a timer needs a function to call");
  auto what = std::make_shared<scheduled>(queue_, std::move(callback), log_);
  what->start(deadline);
  return call(std::move(what));
}

void timer::sleep_awaiter::await_resume() {
  if (!finish())
    throw cancelled_error("a sleep was cancelled: it was asked to stop, or its timer was destroyed");
}

timer::call::call(std::shared_ptr<scheduled> what) noexcept : what_(std::move(what)) {}

timer::call& timer::call::operator=(call&& other) noexcept {
  if (this != &other) {
    cancel();
    what_ = std::move(other.what_);
  }
  return *this;
}

bool timer::call::cancel() noexcept {
  const std::shared_ptr<scheduled> what = std::exchange(what_, nullptr);
  return what != nullptr && what->cancel();
}

} // namespace clotho
