// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/async_barrier.hpp>

namespace clotho {

async_barrier::async_barrier(std::ptrdiff_t parties, std::function<void()> when_full)
    : parties_(static_cast<std::size_t>(parties)), when_full_(std::move(when_full)) {
  if (parties < 1) throw argument_error("a barrier for " + std::to_string(parties) + " makes no sense");
}

void async_barrier::taken(std::unique_lock<std::mutex>& lock) {
  detail::waiter_list others = line_.grant_all(); // Who arrives from now on is of the next round.
  lock.unlock();
  std::exception_ptr failure;
  try {
    if (when_full_) when_full_();
  } catch (...) {
    failure = std::current_exception();
  }
  std::move(others).wake_all();
  if (failure) std::rethrow_exception(failure);
}

} // namespace clotho
