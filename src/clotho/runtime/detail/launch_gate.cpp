// SPDX-License-Identifier: Apache-2.0
#include <clotho/runtime/detail/launch_gate.hpp>

#include <functional>

namespace clotho::detail {

// --- shared_gate

void shared_gate::enter_in_turn(unsigned lane) {
  leave(lane);
  // Who gets this finds the gate open: it is opened before this is given up.
  const std::lock_guard lock(turn_);
  counter(lane).fetch_add(1, std::memory_order_seq_cst);
}

void shared_gate::report_leaving() {
  // Not between close()'s last look around and its sleep.
  { const std::lock_guard lock(leaving_); }
  left_.notify_one();
}

bool shared_gate::empty() const noexcept {
  return std::all_of(lanes_.begin(), lanes_.end(), [](const lane_counter& lane) {
    return lane.inside.load(std::memory_order_seq_cst) == 0;
  });
}

void shared_gate::close() {
  turn_.lock();
  closed_.store(true, std::memory_order_seq_cst);
  std::unique_lock lock(leaving_);
  left_.wait(lock, [this] { return empty(); });
}

void shared_gate::open() {
  closed_.store(false, std::memory_order_seq_cst);
  turn_.unlock();
}

// --- launch_stripe

void launch_stripe::learn(const launch_form& form, const grid_width& width) {
  std::erase_if(known_, [&](const entry& each) {
    return each.form.family == form.family && each.form.has_offset != form.has_offset;
  });
  const auto found = known_.begin() + (find(form) - known_.cbegin());
  if (found == known_.end()) return known_.push_back({form, width});
  for (std::size_t i = 0; i < width.size(); ++i) found->width[i] = std::max(found->width[i], width[i]);
}

// --- launch_gate

std::shared_ptr<launch_gate> launch_gate::of_process() {
  static std::mutex mutex;
  // Never destroyed: a context may still be made while static objects go.
  static auto& current = *new std::weak_ptr<launch_gate>;
  const std::lock_guard lock(mutex);
  std::shared_ptr<launch_gate> gate = current.lock();
  if (!gate) current = gate = std::make_shared<launch_gate>();
  return gate;
}

std::size_t launch_gate::family_of(std::string_view kernel,
                                   const std::array<std::size_t, 3>& local) noexcept {
  std::size_t hash = std::hash<std::string_view>{}(kernel);
  for (const std::size_t size : local) hash = hash * 31 + size;
  return hash;
}

bool launch_gate::reserve_entry() noexcept {
  unsigned made = entries_.load(std::memory_order_relaxed);
  while (made < most_entries)
    if (entries_.compare_exchange_weak(made, made + 1, std::memory_order_relaxed)) return true;
  return false;
}

// Always in this order, and nobody who holds one of them waits for another: no deadlock.
void launch_gate::close() {
  for (launch_stripe& stripe : stripes_) stripe.gate.close();
}

void launch_gate::open() {
  for (launch_stripe& stripe : stripes_) stripe.gate.open();
}

void launch_gate::forget() noexcept {
  for (launch_stripe& stripe : stripes_) stripe.forget();
  entries_.store(0, std::memory_order_relaxed);
}

// --- launch_pass

launch_pass::launch_pass(launch_gate* gate, unsigned lane, const launch_need& need)
    : gate_(gate), need_(need), lane_(lane), way_(find_way(need)) {}

launch_pass::way launch_pass::find_way(const launch_need& need) const {
  if (gate_ == nullptr) return way::around;
  launch_stripe& stripe = *need.stripe;
  stripe.gate.enter(lane_);
  if (stripe.knows(need.form, need.width)) [[likely]]
    return way::together;
  stripe.gate.leave(lane_);
  stripe.gate.close();
  if (stripe.knows(need.form, need.width) || gate_->reserve_entry()) return way::alone;
  stripe.gate.open();
  gate_->close();
  if (!gate_->reserve_entry()) {
    gate_->forget();
    (void)gate_->reserve_entry();
  }
  return way::alone_of_all;
}

launch_pass::~launch_pass() {
  const bool was_alone = way_ == way::alone || way_ == way::alone_of_all;
  if (was_alone && succeeded_) need_.stripe->learn(need_.form, need_.width);
  switch (way_) {
  case way::around: break;
  case way::together: need_.stripe->gate.leave(lane_); break;
  case way::alone: need_.stripe->gate.open(); break;
  case way::alone_of_all: gate_->open(); break;
  }
}

// --- launch_pause

launch_pause::launch_pause(launch_gate* gate) : gate_(gate) {
  if (gate_) gate_->close();
}

launch_pause::~launch_pause() {
  if (!gate_) return;
  gate_->forget();
  gate_->open();
}

} // namespace clotho::detail
