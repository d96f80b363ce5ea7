// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/pool_core.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/core/os/barrier.hpp>
#include <clotho/core/os/cpu.hpp>
#include <clotho/sched/detail/describe.hpp>

namespace clotho::detail {

void function_work::run_function(work& self) noexcept {
  auto& taken = static_cast<function_work&>(self);
  const std::function<void()> body = std::move(taken.body);
  pool_core& pool = taken.pool;
  taken.~function_work();
  worker::release_anywhere(&taken, pool);
  try {
    body();
  } catch (...) {
    pool.report(std::current_exception());
  }
}

pool_core::pool_core(thread_pool_options options, unsigned places)
    : options_(std::move(options)),
      places_(places),
      shard_count_(std::max(1u, places)),
      shards_(std::make_unique<shard[]>(shard_count_)),
      slots_(std::make_unique<std::atomic<worker*>[]>(places + options_.spares)),
      idle_(std::max(1u, places), options_.spares),
      budget_(options_.budget ? options_.budget : std::make_shared<core_budget>()),
      share_(*budget_, places) {
  workers_.reserve(places + options_.spares);
}

pool_core::~pool_core() = default;

void pool_core::start() {
  os::prepare_barriers();
  unsigned started = 0;
  try {
    for (; started < places_; ++started) add_worker(false)->start(shared_from_this());
  } catch (...) {
    for (; started < places_; ++started) (void)idle_.resign(); // nobody sleeps yet who was not started
    throw;
  }
}

worker* pool_core::add_worker(bool spare) {
  const unsigned slot = slots_used_.load(std::memory_order_relaxed);
  workers_.push_back(std::make_unique<worker>(*this, slot, spare));
  // Release pairs with worker_at, and with slots_used for the slot itself.
  slots_[slot].store(workers_.back().get(), std::memory_order_release);
  slots_used_.store(slot + 1, std::memory_order_release);
  return workers_.back().get();
}

void pool_core::finish() {
  close();
  if (places_ == 0) return;
  if (fork_.forked()) {
    for (const auto& one : workers_) one->abandon();
    return;
  }
  worker* const here = is_worker() ? worker::current() : nullptr;
  if (idle_.close() && !wake_one_if_queued()) dismiss_if_done();
  if (here != nullptr) here->outlive_pool();
  // Whoever starts a spare is joined after it has: so none is missed.
  for (unsigned i = 0; i < slots_used(); ++i)
    if (worker* const other = worker_at(i); other != here) {
      { const std::lock_guard started(staffing_); } // a submitter that overlaps with us may be in the middle of that
      other->join();
    }
  while (help_once()) { // what a submission that overlapped with close() left behind
  }
}

bool pool_core::help_once() {
  if (worker* const here = is_worker() ? worker::current() : nullptr) {
    work* const found = here->next();
    here->stop_searching();
    if (found != nullptr) here->lend_itself(*found);
    return found != nullptr;
  }
  work* const found = take_any();
  if (found == nullptr) return false;
  scope* const counted = found->counted_by;
  const trampoline::barrier nothing_below;
  found->run(*found);
  if (counted != nullptr) counted->finish(1);
  return true;
}

work* pool_core::take_any() {
  if (work* const urgent = take_urgent()) return urgent;
  for (const priority band : {priority::normal, priority::low})
    for (unsigned i = 0; i < shard_count_; ++i)
      if (work* const queued = shards_[i].take(band, 1).first) return queued;
  for (unsigned i = 0, used = slots_used(); i < used; ++i)
    if (work* const stolen = worker_at(i)->steal()) return stolen;
  return nullptr;
}

void pool_core::check_not_forked() const {
  if (fork_.forked())
    throw closed_error("the pool '" + options_.name +
                       "' belongs to the parent process; make one of your own after fork()");
}

void pool_core::check_open() const {
  check_not_forked();
  if (closed_.load(std::memory_order_relaxed) && !is_worker())
    throw closed_error("the pool '" + options_.name + "' is closed and accepts no more work");
}

void pool_core::submit(std::function<void()> function, priority band) {
  submit_with(band, 1, [&](shard& to) { to.push(std::move(function), *this, band); });
}

void pool_core::submit(work& added, priority band) {
  submit_with(band, 1, [&](shard& to) { to.push(added, band); });
}

void pool_core::submit_reserved(work& added) {
  submit_with(priority::normal, 1, [&](shard& to) { to.push_reserved(added); });
}

void pool_core::submit(work& (*make)(void* block, void* from), void* from) {
  submit_with(priority::normal, 1, [&](shard& to) { to.push(make, from, priority::normal); });
}

void pool_core::submit(work_list added, priority band) {
  submit_with(band, added.count, [&](shard& to) { to.push(added, band); });
}

template <class Push> void pool_core::submit_with(priority band, std::size_t count, Push push) {
  // What is submitted may lead to the end of the pool before we return; a worker has it kept already.
  const std::shared_ptr<pool_core> kept = is_worker() ? nullptr : shared_from_this();
  if (band == priority::high) urgent_.fetch_add(count, std::memory_order_relaxed);
  push(shard_for_caller());
  wake_if_due();
}

void pool_core::report(std::exception_ptr failure) noexcept {
  options_.log(log_level::error, "work on the pool '" + options_.name + "' failed: " + describe(failure));
}

void pool_core::wake_one() {
  if (fork_.forked()) return; // nobody is there, and somebody may have held the lock when the process was forked
  const auto claimed = idle_.wake_one();
  if (!claimed) return;
  if (claimed->worker != nullptr) {
    claimed->worker->unpark(false);
    return;
  }
  try {
    const std::lock_guard lock(staffing_);
    add_worker(true)->start(shared_from_this());
  } catch (const std::exception& refused) {
    const auto now = idle_.spare_failed();
    options_.log(log_level::warning, std::string("no spare thread for a blocked worker: ") + refused.what());
    const bool woke_one = now.look_again && wake_one_if_queued();
    if (now.last_to_fall && !woke_one) dismiss_if_done();
  }
}

bool pool_core::wake_one_if_queued() {
  os::heavy_barrier();
  if (!anything_queued()) return false;
  wake_one();
  return true;
}

bool pool_core::anything_queued() const noexcept {
  for (unsigned i = 0; i < shard_count_; ++i)
    if (!shards_[i].empty()) return true;
  for (unsigned i = 0, used = slots_used(); i < used; ++i)
    if (worker_at(i)->has_queued()) return true;
  return false;
}

void pool_core::dismiss_if_done() {
  // Who had just fallen asleep when we looked may have looked, too, and be at work.
  if (!idle_.close()) return;
  while (worker* const leaving = idle_.dismiss()) leaving->unpark(true);
}

work* pool_core::take_urgent() {
  if (urgent_.load(std::memory_order_relaxed) == 0) return nullptr;
  for (unsigned i = 0; i < shard_count_; ++i)
    if (work* const found = shards_[i].take(priority::high, 1).first) {
      urgent_.fetch_sub(1, std::memory_order_relaxed);
      return found;
    }
  return nullptr;
}

// Some 50 us: whoever has just had work is likely to get more, and waking a thread costs as much.
unsigned pool_core::patience() const noexcept { return budget_->crowded() ? 1 : 100; }

// Who looks all the time takes the cache lines from those that change them: about a microsecond.
void pool_core::rest() const noexcept {
  if (budget_->cores() > 1)
    for (unsigned i = 0; i < 20; ++i) os::relax();
  os::yield();
}

// A worker's own; other threads are spread by where their stacks are, each to always the same one.
shard& pool_core::shard_for_caller() noexcept {
  static constinit thread_local char here = 0;
  const auto address = reinterpret_cast<std::uintptr_t>(&here);
  return shards_[(address >> 12) * 0x9E3779B97F4A7C15u % shard_count_];
}

} // namespace clotho::detail
