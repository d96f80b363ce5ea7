// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/async_barrier.hpp>

namespace clotho {

async_barrier::async_barrier(std::ptrdiff_t parties, std::function<void()> completion)
    : parties_(static_cast<std::size_t>(parties)), completion_(std::move(completion)) {
  if (parties < 1) throw argument_error("a barrier for " + std::to_string(parties) + " makes no sense");
}

void async_barrier::taken(std::unique_lock<std::mutex>& lock) {
  detail::waiter_list others = line_.grant_all(); // Who arrives from now on is of the next round.
  lock.unlock();
  std::exception_ptr failure;
  try {
    if (completion_) completion_();
  } catch (...) {
    failure = std::current_exception();
  }
  std::move(others).wake_all();
  if (failure) std::rethrow_exception(failure);
}

} // namespace clotho
