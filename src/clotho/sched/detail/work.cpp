// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/work.hpp>

#include <algorithm>
#include <utility>

namespace clotho::detail {

void failures::add(std::exception_ptr what) noexcept {
  node* const added = new node{std::move(what), last_.load(std::memory_order_relaxed)};
  // Release pairs with the exchange in take.
  while (!last_.compare_exchange_weak(added->before, added, std::memory_order_release,
                                      std::memory_order_relaxed)) {
  }
}

std::vector<std::exception_ptr> failures::take() noexcept {
  std::vector<std::exception_ptr> taken;
  node* at = last_.exchange(nullptr, std::memory_order_acquire);
  while (at != nullptr) {
    taken.push_back(std::move(at->what));
    delete std::exchange(at, at->before);
  }
  std::reverse(taken.begin(), taken.end());
  return taken;
}

} // namespace clotho::detail
