// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/worker.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include <clotho/core/os/cpu.hpp>
#include <clotho/sched/detail/pool_core.hpp>

namespace clotho::detail {

namespace {

constexpr std::size_t most_adopted = 128;
constexpr unsigned ticks_between_fair_looks = 61;
constexpr unsigned most_strays = 2;
constexpr unsigned most_looks_at_reserved = 8; // some microseconds
constexpr std::chrono::steady_clock::duration shortest_nap = std::chrono::milliseconds(1);
constexpr std::chrono::steady_clock::duration longest_nap = std::chrono::milliseconds(64);

} // namespace

worker::worker(pool_core& pool, unsigned number, bool spare)
    : pool_(pool), number_(number), random_(number * 2654435761u + 1), spare_(spare) {}

worker::~worker() = default;

void worker::start(std::shared_ptr<pool_core> pool) {
  // The thread holds the pool's core, as it may be the last one to leave.
  thread_ = std::make_unique<os::thread>([this, held = std::move(pool)] { main(); }, pool_.options().stack_bytes);
}

void worker::join() {
  if (thread_) thread_->join(); // none: the system refused it
}

void worker::abandon() noexcept {
  if (thread_) thread_->abandon();
}

void worker::unpark(bool dismissed) noexcept {
  if (dismissed) dismissed_.store(true, std::memory_order_relaxed); // published by unpark
  parker_.unpark();
}

void worker::main() {
  current_ = this;
  os::name_this_thread(pool_.options().name + "-" + std::to_string(number_));
  if (pool_.options().pin && !spare_) os::pin_this_thread(number_);
  searching_ = spare_; // a spare is started to search
  while (!outlives_pool_) {
    if (work* const found = next())
      execute(*found);
    else if (!sleep())
      break;
  }
  while (work* const left = deque_.pop()) execute(*left); // of work that has outlived its pool
  report_finished();
  returning_.send();
  current_ = nullptr;
}

void worker::execute(work& taken) {
  scope* const counted = taken.counted_by;
  if (finished_in_ != counted) report_finished();
  scope* const outside = std::exchange(running_in_, counted);
  taken.run(taken);
  running_in_ = outside;
  if (counted == nullptr) return;
  if (finished_in_ != counted) report_finished();
  finished_in_ = counted;
  ++finished_count_;
}

void worker::report_finished() noexcept {
  if (finished_in_ == nullptr) return;
  std::exchange(finished_in_, nullptr)->finish(std::exchange(finished_count_, 0));
}

work* worker::next() {
  if (!searching_) {
    if (work* const urgent = pool_.take_urgent()) return urgent;
    // What is pushed here again and again must not keep the rest waiting for ever.
    if (++tick_ >= fair_look_at_) {
      fair_look_at_ = tick_ + ticks_between_fair_looks;
      if (work* const waiting = own_shard().take(priority::normal, 1).first) return waiting;
      if (work* const oldest = deque_.steal()) return oldest;
    }
    if (work* const newest = deque_.pop()) return newest;
    report_finished();
    if (spare_ && pool_.idle().crowded()) return nullptr;
    if (work* const first = adopt(own_shard().take(priority::normal, most_adopted / pool_.places() + 1)))
      return first;
    searching_ = pool_.idle().start_search();
    if (!searching_) return nullptr;
  }
  work* const found = search();
  if (found == nullptr) return nullptr;
  searching_ = false;
  if (pool_.idle().stop_search()) pool_.wake_one_if_queued();
  return found;
}

work* worker::search() {
  looks_at_reserved_ = std::exchange(woken_, false) ? most_looks_at_reserved : 0;
  for (unsigned in_vain = 0;; ++in_vain) {
    if (work* const found = search_once()) return found;
    if (in_vain == pool_.patience()) return nullptr;
    pool_.rest();
  }
}

work* worker::search_once() {
  if (work* const urgent = pool_.take_urgent()) return urgent;
  const unsigned shards = pool_.shard_count();
  for (unsigned i = 0; i < shards; ++i) {
    shard& from = pool_.shard_of(number_ + i);
    if (leaves_alone(from)) continue;
    if (work* const first = adopt(from.take(priority::normal, share_of(from)))) return first;
  }
  const unsigned workers = pool_.slots_used();
  for (unsigned i = 0, at = victim_; i <= workers; ++i) { // the last victim first, then all from a random one on
    if (at < workers && at != number_)
      if (work* const stolen = pool_.worker_at(at)->steal()) {
        victim_ = at;
        return stolen;
      }
    at = (i == 0 ? random() : at + 1) % workers;
  }
  for (unsigned i = 0; i < shards; ++i)
    if (work* const low = pool_.shard_of(number_ + i).take(priority::low, 1).first) return low;
  return nullptr;
}

// For a few looks of a search; not where this worker was woken for it.
bool worker::leaves_alone(const shard& queued) noexcept {
  if (!queued.is_reserved() || looks_at_reserved_ == most_looks_at_reserved) return false;
  ++looks_at_reserved_;
  return true;
}

// What a worker may take at once so that enough is left for the others.
std::size_t worker::share_of(const shard& from) const noexcept {
  return std::min(most_adopted, from.size(priority::normal) / pool_.places() + 1);
}

// Takes a batch over, so that it comes out in order, but for thieves.
work* worker::adopt(work_list batch) {
  std::array<work*, most_adopted + 1> in_order;
  work* const first = batch.pop_front();
  if (batch.count == 0) return first;
  fair_look_at_ = tick_ + batch.count + ticks_between_fair_looks; // keep the order
  std::size_t count = 0;
  while (work* const one = batch.pop_front()) in_order[count++] = one;
  while (count > 0)
    if (!deque_.push(in_order[--count])) push_to_full(*in_order[count]);
  wake_if_due();
  return first;
}

void worker::wake_if_due() { pool_.wake_if_due(); }

void worker::push_function(std::function<void()> body) {
  push(*new (allocate()) function_work(std::move(body), pool_));
}

void worker::push_to_full(work& forked) {
  std::array<work*, deque_capacity / 2> oldest;
  const std::size_t count = deque_.take_oldest(oldest);
  work_list spilled;
  for (std::size_t i = 0; i < count; ++i) spilled.push_back(*oldest[i]);
  own_shard().push(spilled, priority::normal);
  deque_.push(&forked);
}

void worker::wait(scope& awaited, std::int64_t mark, std::size_t& reserved) {
  const trampoline::barrier nothing_below;
  unsigned strays_allowed = most_strays;
  auto nap = shortest_nap;
  for (unsigned in_vain = 0; !finished(awaited, reserved);) {
    work* found = find_within(awaited, mark, strays_allowed);
    if (found == nullptr && in_vain >= pool_.patience()) found = find_thoroughly(awaited);
    if (found != nullptr) {
      execute(*found);
      in_vain = 0;
      continue;
    }
    report_finished();
    if (++in_vain <= pool_.patience()) {
      os::yield();
      continue;
    }
    pool_.check_not_forked();
    if (reserved != 0) awaited.finish(std::exchange(reserved, 0));
    // Not for ever: a piece may have been on its way between queues while we looked, and whoever could run it may wait,
    // in a way that we do not know of, for a lock that our caller holds.
    awaited.block_until(std::chrono::steady_clock::now() + nap);
    nap = std::min(2 * nap, longest_nap);
  }
}

// Also what is not first in its queue. Costs as much as there is queued.
work* worker::find_thoroughly(const scope& awaited) {
  for (unsigned i = 1, workers = pool_.slots_used(); i < workers; ++i)
    while (work* const stolen = pool_.worker_at((number_ + i) % workers)->steal()) {
      if (stolen->belongs_to(awaited)) return stolen;
      put_back(*stolen);
    }
  for (unsigned i = 0; i < pool_.shard_count(); ++i)
    if (work* const queued = pool_.shard_of(number_ + i).extract_within(awaited)) return queued;
  return nullptr;
}

void worker::lend_itself(work& found) {
  execute(found);
  report_finished();
}

bool worker::help(const scope& awaited) {
  unsigned strays_allowed = most_strays;
  work* const found = find_within(awaited, mark(), strays_allowed);
  if (found == nullptr)
    report_finished();
  else
    lend_itself(*found);
  return found != nullptr;
}

work* worker::find_within(const scope& awaited, std::int64_t mark, unsigned& strays_allowed) {
  while (deque_.bottom() > mark) {
    work* const own = deque_.pop();
    if (own == nullptr) break;
    if (own->belongs_to(awaited)) return own;
    put_back(*own);
  }
  for (unsigned i = 0; i < pool_.shard_count(); ++i) {
    shard& from = pool_.shard_of(number_ + i);
    if (work* const first = adopt(from.take_within(awaited, share_of(from)))) return first;
  }
  const unsigned workers = pool_.slots_used();
  for (unsigned i = 1; i < workers && strays_allowed > 0; ++i) {
    work* const stolen = pool_.worker_at((number_ + i) % workers)->steal();
    if (stolen == nullptr) continue;
    if (stolen->belongs_to(awaited)) return stolen;
    put_back(*stolen);
    --strays_allowed;
  }
  return nullptr;
}

// Somebody else's work that came up in a search for one's own: whoever is free runs it next.
void worker::put_back(work& stray) {
  own_shard().push_front(stray);
  wake_if_due();
}

// Above it there may be what was pushed on behalf of scopes further out.
bool worker::take_back_under(work* newest, work& forked) {
  for (; newest != nullptr && newest != &forked; newest = deque_.pop()) put_back(*newest);
  return newest != nullptr;
}

void worker::report(std::exception_ptr failure) noexcept { pool_.report(std::move(failure)); }

void worker::release_elsewhere(slab& home, void* block) noexcept {
  if (!returning_.may_add(home)) returning_.send();
  returning_.add(block);
}

void worker::release_anywhere(void* block, const pool_core& pool) noexcept {
  if (current_ != nullptr && &current_->pool_ == &pool) return current_->release(block);
  slab::parcel home; // not with those of a worker: the pool may go before they are sent
  home.add(block);
  home.send();
}

void worker::leave() noexcept {
  if (blocked_++ != 0) return;
  report_finished();
  if (pool_.idle().leave()) pool_.wake_one_if_queued();
}

void worker::come_back() noexcept {
  if (--blocked_ == 0) pool_.idle().come_back();
}

bool worker::sleep() {
  report_finished();
  returning_.send();
  const auto asleep = pool_.idle().fall_asleep(*this, std::exchange(searching_, false), spare_);
  const bool woke_one = asleep.look_again && pool_.wake_one_if_queued();
  if (asleep.last_to_fall && !woke_one) pool_.dismiss_if_done();
  parker_.park();
  searching_ = woken_ = true; // whoever woke us has counted us
  return !dismissed_.load(std::memory_order_relaxed);
}

void worker::stop_searching() {
  if (std::exchange(searching_, false) && pool_.idle().stop_search()) pool_.wake_one_if_queued();
}

void worker::outlive_pool() {
  while (work* const left = next()) execute(*left);
  stop_searching();
  report_finished();
  returning_.send();
  outlives_pool_ = true;
  thread_->detach();
  if (pool_.idle().resign() && !pool_.wake_one_if_queued()) pool_.dismiss_if_done();
}

unsigned worker::random() noexcept { // Marsaglia's xorshift
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  return random_;
}

shard& worker::own_shard() noexcept { return pool_.shard_of(number_); }

} // namespace clotho::detail
