// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/select_operation.hpp>

#include <algorithm>
#include <functional>
#include <memory>

#include <clotho/sched/detail/process.hpp>

namespace clotho::detail {

namespace {

/// Locks channels in the order of their addresses, so that two selects cannot wait for each other.
class locked {
 public:
  explicit locked(std::span<channel_base* const> sorted) noexcept : channels_(sorted) {
    for (channel_base* const each : channels_) each->lock().lock();
  }
  ~locked() {
    for (channel_base* const each : channels_) each->lock().unlock();
  }
  locked(const locked&) = delete;
  locked& operator=(const locked&) = delete;

 private:
  std::span<channel_base* const> channels_;
};

} // namespace

std::span<channel_base*> select_operation::lock_order() {
  std::size_t count = 0;
  for (const guard_base* const guard : guards_)
    if (guard->enabled() && guard->communicates()) channels_[count++] = guard->channel();
  const auto all = channels_.first(count);
  std::sort(all.begin(), all.end(), std::less<>());
  return all.first(static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin()));
}

bool select_operation::try_guard(std::size_t index, offer*& taken) {
  const attempt made = guards_[index]->poll();
  if (made.status == op_status::waiting) return false;
  taken = made.taken;
  offers_[index].result = made.status;
  state_.commit_own(static_cast<std::uint32_t>(index));
  return true;
}

bool select_operation::commit_ready(guard_order order, offer*& taken) {
  const std::size_t count = guards_.size();
  const auto at = [&](std::size_t i) {
    return order.first + i < count ? order.first + i : order.first + i - count;
  };
  const auto comes_last = [&](std::size_t index) {
    return !order.strict && guards_[index]->what() >= guard_base::kind::timeout;
  };
  for (std::size_t i = 0; i < count; ++i)
    if (guards_[at(i)]->enabled() && !comes_last(at(i)) && try_guard(at(i), taken)) return true;
  for (std::size_t i = 0; i < count; ++i)
    if (guards_[at(i)]->enabled() && comes_last(at(i)) && try_guard(at(i), taken)) return true;
  return false;
}

bool select_operation::start(waiter& owner, process* who, guard_order order) {
  const auto can_commit = [](const guard_base* each) {
    return each->enabled() && each->what() != guard_base::kind::cancel;
  };
  if (std::none_of(guards_.begin(), guards_.end(), can_commit))
    throw argument_error("select: no guard is enabled, so that it would wait for ever");
  offer* taken = nullptr;
  bool ready = false;
  std::shared_ptr<network_watch> stuck;
  {
    const std::span<channel_base*> sorted = lock_order();
    const locked all(sorted);
    ready = commit_ready(order, taken);
    if (!ready) {
      state_.owned_by(owner);
      stuck = enlist(who);
    }
  }
  complete_all(taken);
  if (ready) return true;
  if (stuck != nullptr) stuck->find_deadlock();
  return enrol();
}

// Nobody else has seen this select before, so nobody can have claimed it, and what it finds it may simply
// take. From here on it only waits to be found.
std::shared_ptr<network_watch> select_operation::enlist(process* who) {
  offer* first = nullptr;
  offer** last = &first;
  bool others = false;
  for (std::size_t i = 0; i < guards_.size(); ++i) {
    guard_base& guard = *guards_[i];
    if (!guard.enabled()) continue;
    if (!guard.communicates()) {
      others = true;
      continue;
    }
    offer& one = offers_[i];
    one.channel = guard.channel();
    one.slot = guard.slot();
    one.group = &state_;
    one.index = static_cast<std::uint32_t>(i);
    one.sends = guard.what() == guard_base::kind::output;
    *last = &one;
    last = &one.sibling;
  }
  std::shared_ptr<network_watch> stuck;
  if (!others && who != nullptr) {
    for (offer* one = first; one != nullptr; one = one->sibling) one->who = who;
    stuck = who->blocks(*first);
    who_ = first->who;
  }
  for (offer* one = first; one != nullptr; one = one->sibling) one->channel->enlist(*one);
  return stuck;
}

bool select_operation::enrol() {
  listed_ = true;
  try {
    for (enrolled_ = 0; enrolled_ < guards_.size();) {
      const std::size_t index = enrolled_++;
      guard_base& guard = *guards_[index];
      if (!guard.enabled() || guard.communicates()) continue;
      if (guard.enrol(state_, static_cast<std::uint32_t>(index))) continue;
      if (!state_.claim()) break; // Another guard has committed: its claimant is about to meet us.
      offers_[index].result = op_status::done;
      state_.commit_own(static_cast<std::uint32_t>(index));
      return true;
    }
  } catch (...) {
    if (state_.claim()) {
      withdraw();
      throw;
    }
    // Too late to fail: a guard has committed.
  }
  return state_.enrolled();
}

std::optional<std::chrono::steady_clock::time_point> select_operation::deadline() const noexcept {
  std::optional<std::chrono::steady_clock::time_point> earliest;
  for (const guard_base* const guard : guards_) {
    if (!guard->enabled()) continue;
    const auto due = guard->deadline();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

bool select_operation::time_out() noexcept {
  if (!state_.claim()) return false;
  const auto earliest = deadline();
  const auto due = std::find_if(guards_.begin(), guards_.end(), [&](const guard_base* guard) {
    return guard->enabled() && guard->deadline() == earliest;
  });
  state_.commit_own(static_cast<std::uint32_t>(due - guards_.begin()));
  return true;
}

void select_operation::withdraw() noexcept {
  if (!listed_) return;
  if (who_ != nullptr) who_->resumes();
  for (std::size_t i = 0; i < guards_.size(); ++i) {
    if (!guards_[i]->enabled()) continue;
    // Also the one that has committed: a time-out or a deadlock has left it where it was.
    if (guards_[i]->communicates())
      guards_[i]->channel()->withdraw(offers_[i]);
    else if (i < enrolled_)
      guards_[i]->withdraw();
  }
}

void select_operation::act() {
  guard_base& guard = *guards_[committed()];
  if (const op_status result = status(); result != op_status::done)
    guard.channel()->raise(result, guard.what() == guard_base::kind::output, offers_[committed()].failure);
  guard.act();
}

} // namespace clotho::detail
