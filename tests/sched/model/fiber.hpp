#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <ucontext.h>

#include <cstddef>
#include <memory>

namespace clotho::model {

/// A stack of its own to run a modelled thread on. A fiber may be abandoned at any switch and started afresh:
/// what its stack held is then gone without its destructors.
class fiber {
 public:
  using function = void (*)(void* context);
  static constexpr std::size_t stack_bytes = std::size_t{64} << 10;

  fiber() = default;
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;

  /// The next switch to it calls `body(context)`, which must not return.
  void start(function body, void* context);
  /// Goes on in `to`, until something switches back to `from`, where the calling thread runs.
  static void switch_to(fiber& from, fiber& to);

 private:
  static void enter();

  ucontext_t context_{};
  std::unique_ptr<std::byte[]> stack_;
  function body_ = nullptr;
  void* argument_ = nullptr;
  const void* bottom_ = nullptr; // for AddressSanitizer
  std::size_t size_ = 0;
  void* fake_stack_ = nullptr;
};

} // namespace clotho::model
