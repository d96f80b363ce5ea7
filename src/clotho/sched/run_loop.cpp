// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/run_loop.hpp>

#include <algorithm>
#include <utility>

#include <clotho/sched/blocking_scope.hpp>
#include <clotho/sched/detail/trampoline.hpp>

namespace clotho {

void run_loop::submit(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  in_.push_back(std::move(work));
  wake(lock);
}

void run_loop::finish() {
  std::unique_lock lock(mutex_);
  finished_ = true;
  wake(lock);
}

// The thread in `run` goes on, and may destroy the loop, only when it finds work or is woken by whoever
// cleared `sleeper_`. So nothing here touches the loop after the lock is gone.
void run_loop::wake(std::unique_lock<std::mutex>& lock) {
  os::parker* const sleeper = std::exchange(sleeper_, nullptr);
  lock.unlock();
  if (sleeper != nullptr) sleeper->unpark();
}

void run_loop::run() {
  const detail::trampoline::barrier nothing_below;
  os::parker parker;
  const std::thread::id before = runner_.exchange(std::this_thread::get_id(), std::memory_order_relaxed);
  std::unique_lock lock(mutex_);
  for (;;) {
    if (run_one(lock)) continue;
    if (std::exchange(finished_, false)) break;
    sleeper_ = &parker;
    lock.unlock();
    {
      const blocking_scope replaced;
      parker.park();
    }
    lock.lock();
  }
  runner_.store(before, std::memory_order_relaxed);
}

bool run_loop::run_one(std::unique_lock<std::mutex>& lock) {
  if (out_.empty()) {
    out_.swap(in_);
    std::reverse(out_.begin(), out_.end());
  }
  if (out_.empty()) return false;
  {
    const std::function<void()> work = std::move(out_.back());
    out_.pop_back();
    lock.unlock();
    work();
  }
  lock.lock();
  return true;
}

bool run_loop::help_until(const std::function<bool()>& done) {
  if (!is_worker()) return done();
  const detail::trampoline::barrier nothing_below;
  std::unique_lock lock(mutex_, std::defer_lock);
  while (!done()) {
    lock.lock();
    const bool ran = run_one(lock);
    lock.unlock();
    if (!ran) return done();
  }
  return true;
}

// Relaxed: a thread compares with what it wrote itself.
bool run_loop::is_worker() const noexcept {
  return runner_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

} // namespace clotho
