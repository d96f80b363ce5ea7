#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstddef>

#include <clotho/flow/detail/trace_record.hpp>

namespace clotho::detail {

/// The memory all buffers of a trace share.
class trace_budget {
 public:
  explicit trace_budget(std::size_t limit_bytes) noexcept : left_(limit_bytes) {}

  [[nodiscard]] bool take(std::size_t bytes) noexcept {
    std::size_t left = left_.load(std::memory_order_relaxed); // a count: orders nothing
    while (left >= bytes)
      if (left_.compare_exchange_weak(left, left - bytes, std::memory_order_relaxed)) return true;
    return false;
  }

 private:
  std::atomic<std::size_t> left_;
};

/// Records of one thread, in chunks. Its owner appends; any thread may read what was published at the same
/// time.
class trace_buffer {
 public:
  explicit trace_buffer(trace_budget& budget) noexcept : budget_(budget) {}
  ~trace_buffer();
  trace_buffer(const trace_buffer&) = delete;
  trace_buffer& operator=(const trace_buffer&) = delete;

  /// Owner only: room for one record, or nothing when there is no more memory.
  [[nodiscard]] std::byte* reserve(std::size_t size_bytes) noexcept {
    if (room_ < size_bytes && !grow(size_bytes)) return nullptr;
    return next_;
  }
  /// Owner only: the record in the room last reserved is whole.
  void publish(std::size_t size_bytes) noexcept {
    next_ += size_bytes;
    room_ -= size_bytes;
    last_->used += size_bytes;
    // Pairs with the load in visit(): who sees the size sees the record.
    last_->published.store(last_->used, std::memory_order_release);
  }

  /// Calls `f(header, bytes)` for the records published so far, in their order.
  template <class F> void visit(F f) const {
    for (const chunk* each = first_.load(std::memory_order_acquire); each != nullptr; // pairs with grow()
         each = each->next.load(std::memory_order_acquire)) {
      const std::byte* const begin = each->bytes();
      const std::size_t size = each->published.load(std::memory_order_acquire); // pairs with publish()
      for (std::size_t at = 0; at < size;) {
        const auto header = read_plain<trace_record>(begin + at);
        f(header, begin + at);
        at += header.size_bytes;
      }
    }
  }

 private:
  struct alignas(8) chunk {
    std::atomic<chunk*> next{nullptr};
    std::atomic<std::size_t> published{0};
    std::size_t used = 0; // the owner's copy

    [[nodiscard]] std::byte* bytes() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
    [[nodiscard]] const std::byte* bytes() const noexcept {
      return reinterpret_cast<const std::byte*>(this + 1);
    }
  };

  bool grow(std::size_t size_bytes) noexcept;

  trace_budget& budget_;
  std::byte* next_ = nullptr;
  std::size_t room_ = 0;
  chunk* last_ = nullptr;
  std::size_t next_chunk_bytes_ = 4096; // small for threads that record little, then growing
  std::atomic<chunk*> first_{nullptr};
};

} // namespace clotho::detail
