// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/launch_pieces.hpp>

#include <algorithm>
#include <exception>
#include <utility>

#include <clotho/sched/detail/pool_core.hpp>
#include <clotho/sched/thread_pool.hpp>

namespace clotho::detail {

namespace {

constexpr std::uint64_t pack(std::uint64_t first, std::uint64_t past) noexcept { return first << 32 | past; }
constexpr std::uint32_t first_of(std::uint64_t left) noexcept { return static_cast<std::uint32_t>(left >> 32); }
constexpr std::uint32_t past_of(std::uint64_t left) noexcept { return static_cast<std::uint32_t>(left); }

} // namespace

launch_pieces::launch_pieces(std::vector<nd_range> pieces, runner run)
    : pieces_(std::move(pieces)), run_(std::move(run)), left_(pack(0, pieces_.size())), unfinished_(nullptr, pieces_.size()) {}

void launch_pieces::run_all(const std::shared_ptr<launch_pieces>& all, thread_pool& pool) {
  const std::size_t helpers = std::min<std::size_t>(all->pieces_.size(), pool.concurrency()) - 1;
  try {
    for (std::size_t i = 0; i < helpers; ++i) pool.submit([all] { all->help(); }, priority::high);
  } catch (...) { // the pool is closed, or there is no memory: then nobody helps
  }
  all->lead(pool);
}

// Relaxed: what a piece works on was handed over with the pieces, and what it has done is with unfinished_.
const nd_range* launch_pieces::take(end from) noexcept {
  std::uint64_t left = left_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint32_t first = first_of(left), past = past_of(left);
    if (first == past) return nullptr;
    const bool front = from == end::front;
    if (left_.compare_exchange_weak(left, front ? pack(first + 1, past) : pack(first, past - 1), std::memory_order_relaxed))
      return &pieces_[front ? first : past - 1];
  }
}

void launch_pieces::drop_rest() noexcept {
  const std::uint64_t left = left_.exchange(0, std::memory_order_relaxed);
  unfinished_.finish(past_of(left) - first_of(left));
}

bool launch_pieces::work(end from) noexcept {
  bool any = false;
  while (const nd_range* const piece = take(from)) {
    any = true;
    try {
      run_(*piece);
    } catch (...) {
      failures_.add(std::current_exception());
      drop_rest();
    }
    unfinished_.finish(1);
  }
  return any;
}

void launch_pieces::lead(const thread_pool& pool) {
  work(end::front);
  if (!pool.core().expect([this] { return unfinished_.unfinished() == 0; })) unfinished_.block();
  if (failures_.any()) std::rethrow_exception(failures_.take().front());
}

} // namespace clotho::detail
