// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/memory_pool.hpp>

#include <algorithm>
#include <bit>

#include <clotho/core/text.hpp>

namespace clotho::detail {

std::size_t memory_pool::rounded(std::size_t size_bytes) const noexcept {
  constexpr std::size_t least = 256, steps = 8;
  if (most_bytes_ == 0) return size_bytes;
  const std::size_t step = std::max(least, std::bit_floor(size_bytes) / steps);
  const std::size_t up = (std::max<std::size_t>(size_bytes, 1) + step - 1) / step * step;
  const bool may_be_so_large = up >= size_bytes && up <= owner_.info().max_allocation_bytes;
  return may_be_so_large ? up : size_bytes;
}

std::optional<device_buffer> memory_pool::take_idle(std::size_t size_bytes) {
  const auto found = idle_.find(size_bytes);
  if (found == idle_.end()) return {};
  device_buffer newest = std::move(found->second.back());
  found->second.pop_back();
  if (found->second.empty()) idle_.erase(found);
  idle_bytes_ -= size_bytes;
  return newest;
}

memory_pool::block memory_pool::take(std::size_t size_bytes) {
  block made;
  made.from_ = shared_from_this();
  std::size_t size;
  {
    const std::lock_guard lock(mutex_);
    size = rounded(size_bytes);
    ++held_[size]; // first: to give something back must not fail
    made.whole_ = take_idle(size);
  }
  try {
    if (!made.whole_) made.whole_.emplace(owner_, size);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    forget_held(size);
    throw;
  }
  made.memory_ = made.whole_->first(size_bytes);
  return made;
}

void memory_pool::forget_held(std::size_t size) noexcept {
  if (const auto held = held_.find(size); --held->second == 0) held_.erase(held);
}

void memory_pool::give_back(device_buffer whole, bool was_dropped) noexcept {
  const std::size_t size = whole.size_bytes();
  buffers freed; // without the lock
  const std::lock_guard lock(mutex_);
  forget_held(size);
  if (was_dropped || size > most_bytes_) return;
  if (idle_bytes_ + size > most_bytes_) { // full of what nobody has wanted
    freed.swap(idle_);
    idle_bytes_ = 0;
  }
  try {
    idle_[size].push_back(std::move(whole));
    idle_bytes_ += size;
  } catch (...) { // no memory to remember it by
  }
}

void memory_pool::empty() noexcept {
  buffers freed;
  const std::lock_guard lock(mutex_);
  freed.swap(idle_);
  idle_bytes_ = 0;
}

void memory_pool::close() noexcept {
  empty();
  const std::lock_guard lock(mutex_);
  most_bytes_ = 0;
}

std::string memory_pool::describe() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0, bytes = 0;
  for (const auto& [size, times] : held_) {
    count += times;
    bytes += size * times;
  }
  if (count == 0) return "no other buffers of the runtime are there";
  return std::to_string(count) + (count == 1 ? " buffer of the runtime holds " : " buffers of the runtime hold ") +
         format_size(bytes) + " there, the largest " + format_size(held_.rbegin()->first);
}

} // namespace clotho::detail
