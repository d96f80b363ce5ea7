#pragma once
// SPDX-License-Identifier: Apache-2.0

namespace clotho {

namespace detail {
class worker;
}

/// Marks a stretch in which the calling thread blocks: in a system call, a lock, a foreign library. A pool
/// whose worker it is lets a spare thread take its place meanwhile, as far as thread_pool_options::spares
/// allows. Nests; does nothing on other threads. Waiting through clotho needs no such scope.
class blocking_scope {
 public:
  blocking_scope() noexcept;
  ~blocking_scope();
  blocking_scope(const blocking_scope&) = delete;
  blocking_scope& operator=(const blocking_scope&) = delete;

 private:
  detail::worker* worker_;
};

} // namespace clotho
