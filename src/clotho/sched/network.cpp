// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/network.hpp>

namespace clotho {

namespace {

[[nodiscard]] bool watches(deadlock_watch wish) noexcept {
#ifdef NDEBUG
  return wish == deadlock_watch::always;
#else
  return wish != deadlock_watch::never;
#endif
}

/// What a process has thrown; nothing when it has ended as processes do.
[[nodiscard]] std::exception_ptr failure_in(const std::exception_ptr& thrown) noexcept {
  if (thrown == nullptr) return nullptr;
  try {
    std::rethrow_exception(thrown);
  } catch (const channel_closed&) {
    return nullptr;
  } catch (...) {
    return thrown;
  }
}

} // namespace

/// What stands for a process while it runs, where the network is watched.
struct network::member {
  member(const std::shared_ptr<detail::network_watch>& watch, std::string name, executor& target)
      : place(&target) {
    if (watch == nullptr) return;
    who.emplace(watch, std::move(name));
    place = &tag.emplace(target, *who);
  }

  executor* place;
  std::optional<detail::process> who;
  std::optional<detail::process_executor> tag;
};

network::network(executor& where, network_options options) : where_(where), options_(std::move(options)) {
  if (options_.watch == deadlock_watch::never) return;
  const detail::process* around = detail::process::current();
  if (around == nullptr) around = detail::process_behind(&where);
  if (around != nullptr) {
    watch_ = around->watch();
    nested_ = true;
  } else if (watches(options_.watch)) {
    watch_ = std::make_shared<detail::network_watch>(options_.log);
    watch_->add_running(); // whoever starts the processes
  }
}

network::~network() {
  detail::thread_waiter self;
  if (wait_for_all(self)) self.wait();
  if (failure_ != nullptr) where_.unobserved(std::move(failure_));
}

std::shared_ptr<network::member> network::enter(std::string name) {
  auto one = std::make_shared<member>(
      watch_, options_.name.empty() ? std::move(name) : options_.name + "/" + name, where_);
  if (watch_ != nullptr) watch_->add_running();
  const std::lock_guard hold(mutex_);
  ++alive_;
  return one;
}

void network::leave(member& one, std::exception_ptr failure) noexcept {
  one.tag.reset();
  one.who.reset();
  const std::shared_ptr<detail::network_watch> watch = watch_;
  detail::waiter* joiner = nullptr;
  {
    const std::lock_guard hold(mutex_);
    if (failure_ == nullptr) failure_ = std::move(failure);
    if (--alive_ == 0) joiner = std::exchange(joiner_, nullptr);
  }
  // The network may be gone by now, unless there is a joiner, who runs again from here.
  if (watch != nullptr) {
    if (joiner != nullptr) watch->add_running();
    if (watch->remove_running()) watch->find_deadlock();
  }
  if (joiner != nullptr) joiner->wake();
}

void network::start_callable(std::string name, action body, action release) {
  const std::shared_ptr<member> one = enter(std::move(name));
  try {
    where_.submit([this, one, body = std::move(body), release] {
      detail::process* const before = detail::process::exchange_current(one->who ? &*one->who : nullptr);
      std::exception_ptr thrown;
      try {
        body();
      } catch (...) {
        thrown = failure_in(std::current_exception());
      }
      detail::process::exchange_current(before);
      release();
      leave(*one, std::move(thrown));
    });
  } catch (...) {
    release();
    leave(*one, nullptr);
    throw;
  }
}

void network::start_task(std::string name, task<void> body, action release) {
  const std::shared_ptr<member> one = enter(std::move(name));
  try {
    detail::start(std::move(body), one->place, [this, one, release](detail::outcome<void>&& ended) noexcept {
      std::exception_ptr thrown = failure_in(std::exchange(ended, {}).exception());
      release();
      leave(*one, std::move(thrown));
    });
  } catch (...) {
    release();
    leave(*one, nullptr);
    throw;
  }
}

void network::start(std::string name, task<void> body) {
  start_task(std::move(name), std::move(body), [] {});
}

bool network::wait_for_all(detail::waiter& joiner) {
  const std::shared_ptr<detail::network_watch> watch = watch_;
  bool stuck = false;
  {
    const std::lock_guard hold(mutex_);
    if (alive_ == 0) return false;
    joiner_ = &joiner;
    stuck = watch != nullptr && watch->remove_running();
  }
  if (stuck) watch->find_deadlock();
  return true;
}

void network::throw_failure() {
  std::exception_ptr failure;
  {
    const std::lock_guard hold(mutex_);
    failure = std::exchange(failure_, nullptr);
  }
  if (failure != nullptr) std::rethrow_exception(failure);
}

void network::join() {
  detail::thread_waiter self;
  if (wait_for_all(self)) self.wait();
  throw_failure();
}

} // namespace clotho
