// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/shard.hpp>

#include <mutex>
#include <utility>

namespace clotho::detail {

void shard::push(work& added, priority band) {
  const std::lock_guard lock(mutex_);
  bands_[index(band)].push_back(added);
  publish(band);
}

void shard::push_reserved(work& added) {
  const std::lock_guard lock(mutex_);
  bands_[index(priority::normal)].push_back(added);
  publish(priority::normal);
  if (bands_[index(priority::normal)].count == 1) reserved_.store(true, std::memory_order_relaxed);
}

void shard::push(work_list added, priority band) {
  const std::lock_guard lock(mutex_);
  bands_[index(band)].append(added);
  publish(band);
}

void shard::push_front(work& added) {
  const std::lock_guard lock(mutex_);
  bands_[index(priority::normal)].push_front(added);
  publish(priority::normal);
}

void shard::push(std::function<void()> function, pool_core& pool, priority band) {
  const std::lock_guard lock(mutex_);
  bands_[index(band)].push_back(*new (blocks_.allocate()) function_work(std::move(function), pool));
  publish(band);
}

void shard::push(work& (*make)(void* block, void* from), void* from, priority band) {
  const std::lock_guard lock(mutex_);
  void* const block = blocks_.allocate();
  try {
    bands_[index(band)].push_back(make(block, from));
  } catch (...) {
    blocks_.release(block);
    throw;
  }
  publish(band);
}

work_list shard::take(priority band, std::size_t most) {
  if (size(band) == 0) return {};
  const std::lock_guard lock(mutex_);
  return take_while(band, most, [](const work&) { return true; });
}

work_list shard::take_within(const scope& wanted, std::size_t most) {
  if (size(priority::normal) == 0) return {};
  const std::lock_guard lock(mutex_);
  return take_while(priority::normal, most, [&](const work& next) { return next.belongs_to(wanted); });
}

template <class Wanted> work_list shard::take_while(priority band, std::size_t most, Wanted wanted) {
  work_list taken;
  work_list& from = bands_[index(band)];
  while (taken.count < most && from.first != nullptr && wanted(*from.first)) taken.push_back(*from.pop_front());
  publish(band);
  return taken;
}

work* shard::extract_within(const scope& wanted) {
  const std::lock_guard lock(mutex_);
  work_list& from = bands_[index(priority::normal)];
  work_list passed;
  work* found = nullptr;
  while (found == nullptr && from.first != nullptr) {
    work* const next = from.pop_front();
    if (next->belongs_to(wanted))
      found = next;
    else
      passed.push_back(*next);
  }
  passed.append(from);
  from = passed;
  publish(priority::normal);
  return found;
}

bool shard::take_back(const work& pushed) {
  if (size(priority::normal) != 1) return false;
  const std::lock_guard lock(mutex_);
  const work_list& queued = bands_[index(priority::normal)];
  if (queued.count != 1 || queued.first != &pushed) return false;
  (void)take_while(priority::normal, 1, [](const work&) { return true; });
  return true;
}

bool shard::empty() const noexcept {
  for (const auto& size : sizes_)
    if (size.load(std::memory_order_relaxed) != 0) return false;
  return true;
}

} // namespace clotho::detail
