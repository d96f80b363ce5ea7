// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/driver_lane.hpp>

#include <algorithm>
#include <utility>

#include <clotho/sched/blocking_scope.hpp>

namespace clotho::detail {

driver_lane::driver_lane(lane_place place)
    : lane(std::move(place)),
      one_thread_(where().one_thread),
      timed_(where().timed || tracer() != nullptr),
      compute_(owner(), timed_),
      up_(owner()),
      down_(owner()),
      queues_(owner()),
      waiter_([this] { wait_for_launches(); }) {}

driver_lane::~driver_lane() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  added_.notify_one();
  waiter_.join();
}

bool driver_lane::launch(kernel_on_lane& what, const nd_range& range, std::span<const launch_argument> arguments,
                         launch_observer& observer) {
  const std::lock_guard in_turn(compute_.mutex);
  if (one_thread_) {
    compute_.commands.launch(what.function, range, arguments);
    compute_.commands.finish();
    return true;
  }
  launched given{{}, nullptr, &observer};
  if (timed_) given.given.before = std::chrono::steady_clock::now();
  given.done = use_memory([&] { return compute_.commands.launch_with_event(what.function, range, arguments); });
  if (timed_) given.given.after = std::chrono::steady_clock::now();
  compute_.commands.flush();
  add(std::move(given));
  return false;
}

void driver_lane::fail_in_turn(std::exception_ptr failure, launch_observer& observer) noexcept {
  const std::lock_guard in_turn(compute_.mutex);
  add({std::nullopt, std::move(failure), &observer, {}});
}

void driver_lane::add(launched what) {
  {
    const std::lock_guard lock(mutex_);
    under_way_.push_back(std::move(what));
  }
  added_.notify_one();
}

void driver_lane::wait_for_launches() {
  const telling others;
  for (;;) {
    std::unique_lock lock(mutex_);
    added_.wait(lock, [this] { return ending_ || !under_way_.empty(); });
    if (under_way_.empty()) return;
    launched next = std::move(under_way_.front());
    under_way_.pop_front();
    lock.unlock();
    try {
      if (next.done) next.done->wait();
    } catch (...) {
      next.failure = std::current_exception();
    }
    const launch_times when = timed_ && next.done ? times_of(next) : launch_times{};
    next.observer->launched(std::move(next.failure), when);
  }
}

// As the device tells, kept between what the host has seen: before it was given to the device, or before the one before had
// ended, it cannot have begun.
launch_times driver_lane::times_of(const launched& one) {
  constexpr std::size_t enough = 32;
  const auto seen = std::chrono::steady_clock::now();
  launch_times when{true, false, std::max(one.given.before, last_ended_), seen};
  if (const std::optional<event_times> told = one.done->times(); told && told->run().count() > 0) {
    if (clocks_.size() < enough) clocks_.push_back({one.given.before, told->queued, one.given.after});
    const device_clock clock(clocks_);
    when.by_device = true;
    when.began = std::clamp(clock.to_host(told->started), when.began, seen);
    when.ended = std::clamp(clock.to_host(told->ended), when.began, seen);
  }
  last_ended_ = when.ended;
  return when;
}

class driver_lane::batch final : public launch_batch {
 public:
  explicit batch(driver_lane& on) : commands_(on.queues_), most_(on.one_thread_ ? 1 : 1024) {}
  ~batch() override {
    try {
      finish(); // after a failure, too: the rest must not run into what comes next
    } catch (...) { // it was told before, or nobody wants to know
    }
  }

  void launch(const prepared_launch& what) override {
    commands_->launch(what);
    if (++under_way_ == most_) finish();
  }
  void finish() override {
    if (under_way_ == 0) return;
    const blocking_scope replaced;
    under_way_ = 0;
    commands_->finish();
  }

 private:
  queue_pool::lease commands_;
  const unsigned most_; // drivers keep what they need for each launch until it has ended
  unsigned under_way_ = 0;
};

std::unique_ptr<launch_batch> driver_lane::begin_batch() { return std::make_unique<batch>(*this); }

void driver_lane::upload(const device_memory& to, std::span<const std::byte> from, std::size_t offset_bytes) {
  const blocking_scope replaced;
  const std::lock_guard in_turn(up_.mutex);
  use_memory([&] { write(up_.commands, to, from, offset_bytes); });
}

void driver_lane::download(const device_memory& from, std::span<std::byte> to, std::size_t offset_bytes) {
  const blocking_scope replaced;
  const std::lock_guard in_turn(down_.mutex);
  read(down_.commands, from, to, offset_bytes);
}

} // namespace clotho::detail
