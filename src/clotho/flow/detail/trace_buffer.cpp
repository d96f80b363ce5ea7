// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/trace_buffer.hpp>

#include <algorithm>
#include <new>

namespace clotho::detail {
namespace {

constexpr std::size_t largest_chunk_bytes = std::size_t{256} << 10;

} // namespace

trace_buffer::~trace_buffer() {
  chunk* each = first_.load(std::memory_order_relaxed); // nobody else is left
  while (each != nullptr) {
    chunk* const following = each->next.load(std::memory_order_relaxed);
    each->~chunk();
    ::operator delete(each);
    each = following;
  }
}

bool trace_buffer::grow(std::size_t size_bytes) noexcept {
  std::size_t capacity = std::max(size_bytes, next_chunk_bytes_ - sizeof(chunk));
  while (!budget_.take(capacity + sizeof(chunk))) { // near the limit: as much as there is
    if (capacity == size_bytes) return false;
    capacity = std::max(size_bytes, capacity / 2);
  }
  void* const memory = ::operator new(capacity + sizeof(chunk), std::nothrow);
  if (memory == nullptr) return false;
  auto* const fresh = new (memory) chunk;
  // Release: pairs with the loads in visit(), which then find the chunk made.
  (last_ != nullptr ? last_->next : first_).store(fresh, std::memory_order_release);
  last_ = fresh;
  next_ = fresh->bytes();
  room_ = capacity;
  next_chunk_bytes_ = std::min(next_chunk_bytes_ * 2, largest_chunk_bytes);
  return true;
}

} // namespace clotho::detail
