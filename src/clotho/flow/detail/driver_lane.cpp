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
  { const std::lock_guard in_turn(compute_.mutex); } // what was launched last may have ended before the call has returned
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
  launch_turn& turn = observer.turn = {};
  if (timed_) turn.given.before = std::chrono::steady_clock::now();
  turn.done = use_memory([&] { return compute_.commands.launch_with_event(what.function, range, arguments); });
  if (timed_) turn.given.after = std::chrono::steady_clock::now();
  try {
    compute_.commands.flush();
  } catch (...) { // the driver has it: it ends, and with it its use of memory, when its event does
    turn.failure = std::current_exception();
  }
  add(observer);
  return false;
}

void driver_lane::fail_in_turn(std::exception_ptr failure, launch_observer& observer) noexcept {
  const std::lock_guard in_turn(compute_.mutex);
  observer.turn = {};
  observer.turn.failure = std::move(failure);
  add(observer);
}

void driver_lane::add(launch_observer& last) noexcept {
  {
    const std::lock_guard lock(mutex_);
    (last_ != nullptr ? last_->turn.next : first_) = &last;
    last_ = &last;
  }
  added_.notify_one();
}

// Null when the lane ends.
launch_observer* driver_lane::take_first() {
  std::unique_lock lock(mutex_);
  added_.wait(lock, [this] { return ending_ || first_ != nullptr; });
  launch_observer* const taken = first_;
  if (taken != nullptr) first_ = taken->turn.next;
  if (first_ == nullptr) last_ = nullptr;
  return taken;
}

void driver_lane::wait_for_launches() {
  const telling others;
  while (launch_observer* const observer = take_first()) {
    launch_turn one = std::move(observer->turn); // its next launch may begin when it is told
    try {
      if (one.done) one.done->wait();
    } catch (...) {
      one.failure = std::current_exception();
    }
    const launch_times when = timed_ && one.done ? times_of(one) : launch_times{};
    observer->launched(std::move(one.failure), when);
  }
}

// As the device tells, kept between what the host has seen: before it was given to the device, or before the one before had
// ended, it cannot have begun.
launch_times driver_lane::times_of(const launch_turn& one) {
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
