#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <memory>
#include <utility>

namespace clotho::detail {

/// A first-in-first-out buffer of fixed capacity, whose memory is taken at once. Its user checks `full` and
/// `empty`. When T's move throws, nothing has changed.
template <class T> class ring {
 public:
  explicit ring(std::size_t capacity = 0) : capacity_(capacity), slots_(allocate(capacity)) {}
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;
  ~ring() {
    while (!empty()) pop();
    if (slots_ != nullptr) std::allocator<T>().deallocate(slots_, capacity_);
  }

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] bool full() const noexcept { return count_ == capacity_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  void push(T&& value) {
    std::construct_at(slots_ + wrapped(first_ + count_), std::move(value));
    ++count_;
  }
  [[nodiscard]] T& front() noexcept { return slots_[first_]; }
  void pop() noexcept {
    std::destroy_at(slots_ + first_);
    first_ = wrapped(first_ + 1);
    --count_;
  }

  void swap(ring& other) noexcept {
    std::swap(capacity_, other.capacity_);
    std::swap(slots_, other.slots_);
    std::swap(first_, other.first_);
    std::swap(count_, other.count_);
  }

 private:
  static T* allocate(std::size_t capacity) {
    return capacity == 0 ? nullptr : std::allocator<T>().allocate(capacity);
  }
  // Both sums stay below twice the capacity, which an allocation keeps far from overflow.
  [[nodiscard]] std::size_t wrapped(std::size_t index) const noexcept {
    return index < capacity_ ? index : index - capacity_;
  }

  std::size_t capacity_;
  T* slots_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

} // namespace clotho::detail
