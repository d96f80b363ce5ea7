// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/slab.hpp>

#include <cstdint>

namespace clotho::detail {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{16} << 10;

} // namespace

// A chunk is aligned to its size, so a block's address leads to its head.
struct alignas(slab::block_bytes) slab::chunk {
  slab* home;
  chunk* next;
};

slab::~slab() {
  while (chunks_ != nullptr) {
    chunk* const gone = chunks_;
    chunks_ = gone->next;
    ::operator delete(gone, std::align_val_t(chunk_bytes));
  }
}

slab& slab::home_of(void* memory) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  return *reinterpret_cast<chunk*>(address & ~std::uintptr_t{chunk_bytes - 1})->home;
}

void slab::refill() {
  // Acquire pairs with the exchange in send: the blocks' links.
  free_ = returned_.exchange(nullptr, std::memory_order_acquire);
  if (free_ != nullptr) return;
  std::byte* const memory =
      static_cast<std::byte*>(::operator new(chunk_bytes, std::align_val_t(chunk_bytes)));
  chunks_ = new (memory) chunk{this, chunks_};
  for (std::size_t at = chunk_bytes - block_bytes; at >= block_bytes; at -= block_bytes) release(memory + at);
}

void slab::parcel::add(void* memory) noexcept {
  first_ = new (memory) block{first_};
  if (last_ == nullptr) {
    last_ = first_;
    home_ = &home_of(memory);
  }
  ++count_;
}

void slab::parcel::send() noexcept {
  if (first_ == nullptr) return;
  block* seen = home_->returned_.load(std::memory_order_relaxed);
  do {
    last_->next = seen;
    // Release pairs with the exchange in refill.
  } while (!home_->returned_.compare_exchange_weak(seen, first_, std::memory_order_release,
                                                   std::memory_order_relaxed));
  *this = {};
}

} // namespace clotho::detail
