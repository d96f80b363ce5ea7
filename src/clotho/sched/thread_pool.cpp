// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/thread_pool.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include <clotho/core/error.hpp>
#include <clotho/sched/detail/pool_core.hpp>
#include <clotho/sched/detail/trampoline.hpp>

namespace clotho {

namespace {

unsigned places_for(const thread_pool_options& options) {
  const auto refuse = [](const std::string& what, unsigned asked) {
    throw argument_error("a pool cannot have " + std::to_string(asked) + " " + what + "; at most " +
                         std::to_string(thread_pool_options::most_threads));
  };
  const bool automatic = options.threads == thread_pool_options::automatic;
  if (!automatic && options.threads > thread_pool_options::most_threads) refuse("threads", options.threads);
  if (options.spares > thread_pool_options::most_threads) refuse("spare threads", options.spares);
  return automatic ? os::available_cores() : options.threads;
}

thread_pool_options with_threads(unsigned threads) {
  thread_pool_options options;
  options.threads = threads;
  return options;
}

} // namespace

void detail::check_not_empty(const std::function<void()>& work) {
  if (!work) throw argument_error("an empty function was submitted to a pool");
}

thread_pool::thread_pool(unsigned threads) : thread_pool(with_threads(threads)) {}

thread_pool::thread_pool(thread_pool_options options) {
  const unsigned places = places_for(options);
  core_ = std::make_shared<detail::pool_core>(std::move(options), places);
  try {
    core_->start();
  } catch (...) {
    core_->finish(); // those that were started
    throw;
  }
}

thread_pool::~thread_pool() { core_->finish(); }

void thread_pool::submit(std::function<void()> work, priority band) {
  detail::check_not_empty(work);
  if (static_cast<std::size_t>(band) >= priorities) throw argument_error("a priority is high, normal or low");
  core_->check_open();
  if (core_->places() != 0) return core_->submit(std::move(work), band);
  try {
    work();
  } catch (...) {
    core_->report(std::current_exception());
  }
}

void thread_pool::submit_bulk(std::span<std::function<void()>> work) {
  std::for_each(work.begin(), work.end(), detail::check_not_empty);
  for (std::function<void()>& one : work) submit(std::move(one));
}

void thread_pool::submit_continuation(std::function<void()> work) {
  detail::worker* const here = detail::worker::current();
  if (here == nullptr || &here->pool() != core_.get()) return submit(std::move(work));
  detail::check_not_empty(work);
  core_->check_not_forked();
  here->push_function(std::move(work));
}

void thread_pool::execute_erased(call how, void* f) {
  core_->check_open();
  if (is_worker() || core_->places() == 0) return how(f);
  struct called : detail::work, detail::scope {
    called(call call_how, void* call_f) : work(&run_called, this), scope(nullptr, 1), how(call_how), f(call_f) {}
    static void run_called(detail::work& self) noexcept {
      auto& here = static_cast<called&>(self);
      try {
        here.how(here.f);
      } catch (...) {
        here.failure = std::current_exception();
      }
    }
    call how;
    void* f;
    std::exception_ptr failure;
  } work(how, f);
  core_->submit(work, priority::normal);
  work.block();
  if (work.failure) std::rethrow_exception(work.failure);
}

bool thread_pool::help_until(const std::function<bool()>& done) {
  while (!done())
    if (!core_->help_once()) return done();
  return true;
}

unsigned thread_pool::concurrency() const noexcept { return std::max(1u, core_->places()); }

bool thread_pool::is_worker() const noexcept { return core_->is_worker(); }

void thread_pool::unobserved(std::exception_ptr failure) noexcept { core_->report(std::move(failure)); }

void thread_pool::close() noexcept { core_->close(); }

} // namespace clotho
