#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <memory>
#include <mutex>

namespace clotho::detail {

/// What layers above keep with a runtime: one object of each type, made when it is first asked for, gone with
/// the runtime. Safe from any thread.
class attachments {
 public:
  attachments() = default;
  attachments(const attachments&) = delete;
  attachments& operator=(const attachments&) = delete;

  /// Blocks only while another thread makes one.
  template <class T> [[nodiscard]] T& get() {
    if (T* const found = find<T>()) return *found;
    const std::lock_guard lock(mutex_);
    if (T* const found = find<T>()) return *found;
    auto made = std::make_unique<node_of<T>>();
    T& object = made->object;
    made->next = std::move(owner_);
    owner_ = std::move(made);
    first_.store(owner_.get(), std::memory_order_release); // pairs with find(): the object
    return object;
  }

 private:
  struct node {
    explicit node(const void* of) noexcept : type(of) {}
    virtual ~node() = default;
    const void* const type;
    std::unique_ptr<node> next;
  };
  template <class T> static inline constexpr char tag = 0;
  template <class T> struct node_of final : node {
    node_of() : node(&tag<T>) {}
    T object;
  };

  // There are few: a list is read without a lock, as nothing is taken out of it.
  template <class T> [[nodiscard]] T* find() const noexcept {
    for (node* one = first_.load(std::memory_order_acquire); one != nullptr; one = one->next.get())
      if (one->type == &tag<T>) return &static_cast<node_of<T>*>(one)->object;
    return nullptr;
  }

  std::mutex mutex_;
  std::unique_ptr<node> owner_;
  std::atomic<node*> first_{nullptr};
};

} // namespace clotho::detail
