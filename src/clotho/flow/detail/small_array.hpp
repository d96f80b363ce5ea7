#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <memory>
#include <span>

namespace clotho::detail {

/// An array whose size is known when it is made; up to N elements need no allocation. It stays where it is.
template <class T, std::size_t N> class small_array {
 public:
  explicit small_array(std::size_t size, const T& value = T()) : size_(size) {
    if (size > N) data_ = std::allocator<T>().allocate(size);
    std::uninitialized_fill_n(data_, size, value);
  }
  ~small_array() {
    std::destroy_n(data_, size_);
    if (size_ > N) std::allocator<T>().deallocate(data_, size_);
  }
  small_array(const small_array&) = delete; // who keeps one keeps pointers into it
  small_array& operator=(const small_array&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] T* begin() noexcept { return data_; }
  [[nodiscard]] T* end() noexcept { return data_ + size_; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }
  [[nodiscard]] operator std::span<T>() noexcept { return {data_, size_}; } // NOLINT: it is one

 private:
  alignas(T) std::byte few_[N * sizeof(T)];
  T* data_ = reinterpret_cast<T*>(few_);
  const std::size_t size_;
};

} // namespace clotho::detail
