// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/os/thread.hpp>

#include <pthread.h>

#include <string>
#include <system_error>
#include <utility>

#include <clotho/core/error.hpp>

namespace clotho::os {

struct thread::state {
  std::function<void()> body;
  pthread_t handle{};
};

std::size_t stack_size_bytes() noexcept {
  pthread_attr_t attributes;
  std::size_t size = 0;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return 0;
  ::pthread_attr_getstacksize(&attributes, &size);
  ::pthread_attr_destroy(&attributes);
  return size;
}

thread::thread(std::function<void()> body, std::size_t stack_bytes) : state_(new state{std::move(body), {}}) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  if (::pthread_attr_setstacksize(&attributes, stack_bytes) != 0) {
    ::pthread_attr_destroy(&attributes);
    throw error("cannot start a thread with a stack of " + std::to_string(stack_bytes) + " bytes");
  }
  const auto run = [](void* argument) -> void* {
    const auto work = std::move(static_cast<state*>(argument)->body); // the state goes when we are detached
    work();
    return nullptr;
  };
  const int failure = ::pthread_create(&state_->handle, &attributes, run, state_.get());
  ::pthread_attr_destroy(&attributes);
  if (failure != 0) throw error("cannot start a thread: " + std::generic_category().message(failure));
}

thread::thread(thread&&) noexcept = default;

thread::~thread() { join(); }

void thread::join() {
  if (const auto joined = std::exchange(state_, nullptr)) ::pthread_join(joined->handle, nullptr);
}

void thread::detach() noexcept {
  if (const auto detached = std::exchange(state_, nullptr)) ::pthread_detach(detached->handle);
}

void thread::abandon() noexcept { (void)state_.release(); }

} // namespace clotho::os
