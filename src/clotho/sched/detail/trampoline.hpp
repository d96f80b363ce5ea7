#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <coroutine>
#include <utility>

namespace clotho::detail {

/// Resumes coroutines one after the other from a loop at the bottom of the stack, never one inside another,
/// so that a chain of awaits does not grow the stack. Symmetric transfer promises the same, but g++ and clang
/// keep it only when they optimise, and not under the sanitizers.
class trampoline {
 public:
  /// Resumes `handle` now; or, when called from inside a coroutine that this thread is resuming, as soon as
  /// that one suspends. Returns at once in the latter case. A coroutine that throws out of its resumption
  /// ends the program.
  // Not inlined into coroutines: clang keeps the address of a thread_local across a suspension, after which
  // it may be another thread's.
  [[gnu::noinline]] static void resume(std::coroutine_handle<> handle) noexcept {
    if (current_ != nullptr) {
      current_->add(handle);
      return;
    }
    trampoline bottom;
    current_ = &bottom;
    bottom.run(handle);
    current_ = nullptr;
  }

  /// Hides the loop below while code that blocks, or runs other work, is on top of it: what is resumed in
  /// between must not wait for the coroutine underneath to suspend. What already does is resumed first, since
  /// that coroutine may be about to wait for it.
  class barrier {
   public:
    barrier() noexcept : hidden_(exchange_current(nullptr)) {
      if (hidden_ == nullptr) return;
      while (const std::coroutine_handle<> handle = hidden_->take()) resume(handle);
    }
    ~barrier() { exchange_current(hidden_); }
    barrier(const barrier&) = delete;
    barrier& operator=(const barrier&) = delete;

   private:
    trampoline* hidden_;
  };

 private:
  struct entry {
    std::coroutine_handle<> handle;
    entry* next;
  };

  [[gnu::noinline]] static trampoline* exchange_current(trampoline* other) noexcept {
    return std::exchange(current_, other);
  }

  void run(std::coroutine_handle<> handle) {
    while (handle) {
      handle.resume();
      handle = take();
    }
  }

  // Nearly always one coroutine is added between two suspensions: its continuation, or the child it awaits.
  void add(std::coroutine_handle<> handle) {
    if (!next_) {
      next_ = handle;
      return;
    }
    entry* const added = new entry{handle, nullptr};
    (last_ != nullptr ? last_->next : first_) = added;
    last_ = added;
  }

  std::coroutine_handle<> take() {
    const std::coroutine_handle<> taken = next_;
    next_ = nullptr;
    if (first_ != nullptr) {
      entry* const gone = first_;
      next_ = gone->handle;
      first_ = gone->next;
      if (first_ == nullptr) last_ = nullptr;
      delete gone;
    }
    return taken;
  }

  std::coroutine_handle<> next_;
  entry* first_ = nullptr;
  entry* last_ = nullptr;

  static inline constinit thread_local trampoline* current_ = nullptr;
};

} // namespace clotho::detail
