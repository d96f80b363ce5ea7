// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/timer_queue.hpp>

#include <utility>

namespace clotho::detail {

bool timer_queue::try_enter(entry& one) const noexcept {
  if (one.deadline > std::chrono::steady_clock::now()) return false;
  one.now = entry::phase::granted;
  return true;
}

bool timer_queue::enter(entry& one) {
  const std::lock_guard lock(mutex_);
  if (closed_) one.now = entry::phase::cancelled;
  if (one.now == entry::phase::cancelled) return false;
  if (!thread_) thread_.emplace([self = shared_from_this()] { self->serve(); });
  one.now = entry::phase::waiting;
  one.number = entered_++;
  heap_.push(one);
  // Under the lock: once it is gone, so may be this.
  if (heap_.top() == &one) parker_.unpark();
  return true;
}

bool timer_queue::leave(entry& one) {
  const std::lock_guard lock(mutex_);
  const bool waits = one.now == entry::phase::waiting;
  if (waits) heap_.remove(one);
  if (waits || one.now == entry::phase::fresh) one.now = entry::phase::cancelled;
  return waits;
}

bool timer_queue::cancel(entry& one) {
  if (leave(one)) return true;
  std::unique_lock lock(mutex_);
  const bool prevented = one.now == entry::phase::cancelled;
  if (waking_ != &one || std::this_thread::get_id() == thread_id_) return prevented;
  thread_waiter self;
  after_waking_ = &self;
  lock.unlock();
  self.wait();
  return prevented;
}

void timer_queue::close() {
  std::optional<os::thread> ended;
  bool inside = false;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    inside = std::this_thread::get_id() == thread_id_;
    if (thread_) ended.emplace(std::move(*thread_));
    thread_.reset();
    parker_.unpark();
  }
  if (ended && inside) ended->detach();
  if (ended && !inside) {
    const blocking_scope replaced;
    ended->join();
  }
}

void timer_queue::serve() {
  std::unique_lock lock(mutex_);
  thread_id_ = std::this_thread::get_id();
  while (!closed_) {
    const entry* const first = heap_.top();
    if (first != nullptr && first->deadline <= std::chrono::steady_clock::now()) {
      wake_first(lock, entry::phase::granted);
      continue;
    }
    const time_point until = first != nullptr ? first->deadline : time_point::max();
    lock.unlock();
    parker_.park_until(until);
    lock.lock();
  }
  while (heap_.top() != nullptr) wake_first(lock, entry::phase::cancelled);
}

void timer_queue::wake_first(std::unique_lock<std::mutex>& lock, entry::phase becomes) {
  entry& first = *heap_.top();
  heap_.remove(first);
  first.now = becomes;
  waking_ = &first;
  lock.unlock();
  first.who->wake();
  lock.lock();
  waking_ = nullptr;
  if (waiter* const waits = std::exchange(after_waking_, nullptr)) waits->wake();
}

} // namespace clotho::detail
