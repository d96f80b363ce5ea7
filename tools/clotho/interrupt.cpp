// SPDX-License-Identifier: Apache-2.0
#include "interrupt.hpp"

namespace clotho::tool {
namespace {

std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

extern "C" void request_stop(int) { requested.store(true, std::memory_order_relaxed); }

} // namespace

interrupt_request::interrupt_request() {
  requested.store(false, std::memory_order_relaxed);
  struct sigaction once {};
  once.sa_handler = request_stop;
  once.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigemptyset(&once.sa_mask);
  ::sigaction(SIGINT, &once, &former_);
  // Started in the background by a shell that ignores SIGINT for its jobs: so shall we.
  if (former_.sa_handler == SIG_IGN) ::sigaction(SIGINT, &former_, nullptr);

  listener_ = std::thread([this] { over_.acquire(); });
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &interrupt, &former_mask_);
}

interrupt_request::~interrupt_request() {
  ::pthread_sigmask(SIG_SETMASK, &former_mask_, nullptr);
  over_.release();
  listener_.join();
  ::sigaction(SIGINT, &former_, nullptr);
}

const std::atomic<bool>& interrupt_request::flag() const noexcept { return requested; }

} // namespace clotho::tool
