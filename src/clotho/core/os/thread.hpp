#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <functional>
#include <memory>

namespace clotho::os {

/// Bytes of stack the calling thread was given.
[[nodiscard]] std::size_t stack_size_bytes() noexcept;

/// A thread with a stack of a chosen size, joined on destruction. Compilers and CPU kernels need more stack
/// than small-stack platforms give their threads.
class thread {
 public:
  static constexpr std::size_t default_stack_bytes = std::size_t{16} << 20;

  /// Throws error when the system refuses a thread. `body` must not throw.
  explicit thread(std::function<void()> body, std::size_t stack_bytes = default_stack_bytes);
  ~thread();
  thread(thread&&) noexcept;
  thread& operator=(thread&&) = delete;

  void join();
  /// Lets the thread end by itself. Only from inside `body`.
  void detach() noexcept;
  /// In a fork of the process that started the thread: forgets it, as it does not exist there.
  void abandon() noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace clotho::os
