#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <functional>

namespace clotho {

/// Something that runs work: clotho's own pool, or the application's. Safe to call from any thread.
class executor {
 public:
  executor() = default;
  executor(const executor&) = delete;
  executor& operator=(const executor&) = delete;
  virtual ~executor() = default;

  /// Runs `work` once, on any thread, at once or later. `work` does not throw.
  virtual void submit(std::function<void()> work) = 0;
  /// How many pieces of work can run at the same time; at least 1.
  [[nodiscard]] virtual unsigned concurrency() const noexcept = 0;
};

/// Runs everything in the thread that submits it.
class inline_executor final : public executor {
 public:
  void submit(std::function<void()> work) override { work(); }
  [[nodiscard]] unsigned concurrency() const noexcept override { return 1; }
};

} // namespace clotho
