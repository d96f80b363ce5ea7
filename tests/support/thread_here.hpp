#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <thread>

namespace clotho::test {

/// The calling thread, for coroutines: clang takes std::this_thread::get_id() for a constant, also across a
/// co_await after which it is another one. What reads an atomic it has to call again.
[[gnu::noinline]] inline std::thread::id thread_here() {
  static const std::atomic<int> opaque{0};
  (void)opaque.load();
  return std::this_thread::get_id();
}

} // namespace clotho::test
