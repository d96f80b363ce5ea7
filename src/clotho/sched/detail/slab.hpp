#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>
#include <new>

namespace clotho::detail {

/// Blocks of 64 bytes for small pieces of work. One thread at a time allocates (its owner, or who holds the lock
/// of its owner); any may give blocks back, which the owner picks up when it runs out. Memory is returned to the
/// system when the slab goes, and then every block must have been given back.
class slab {
  struct block {
    block* next;
  };

 public:
  static constexpr std::size_t block_bytes = 64;

  slab() = default;
  ~slab();
  slab(const slab&) = delete;
  slab& operator=(const slab&) = delete;

  /// Owner only.
  [[nodiscard]] void* allocate() {
    if (free_ == nullptr) refill();
    block* const taken = free_;
    free_ = taken->next;
    return taken;
  }
  /// Owner only; for blocks of its own.
  void release(void* memory) noexcept { free_ = new (memory) block{free_}; }

  /// The slab that a block came from.
  [[nodiscard]] static slab& home_of(void* memory) noexcept;

  /// Blocks on their way home, collected so that one exchange brings many.
  class parcel {
   public:
    /// Blocks of one home only, until it is sent.
    void add(void* memory) noexcept;
    [[nodiscard]] bool may_add(const slab& home) const noexcept { return home_ == &home && count_ < 32; }
    /// Any thread.
    void send() noexcept;

   private:
    slab* home_ = nullptr;
    block* first_ = nullptr;
    block* last_ = nullptr;
    unsigned count_ = 0;
  };

 private:
  struct chunk;
  void refill();

  block* free_ = nullptr;
  chunk* chunks_ = nullptr;
  alignas(64) std::atomic<block*> returned_{nullptr};
};

} // namespace clotho::detail
