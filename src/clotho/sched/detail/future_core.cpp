// SPDX-License-Identifier: Apache-2.0
#include <clotho/sched/detail/future_core.hpp>

#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/os/cpu.hpp>
#include <clotho/sched/detail/worker.hpp>

namespace clotho::detail {

// The futures whose work the calling thread is in the middle of, innermost first.
struct future_core::frame {
  explicit frame(const future_core& state) noexcept : running(state), outer(innermost) { innermost = this; }
  ~frame() { innermost = outer; }
  frame(const frame&) = delete;
  frame& operator=(const frame&) = delete;

  const future_core& running;
  frame* outer;
  static constinit thread_local frame* innermost;
};
constinit thread_local future_core::frame* future_core::frame::innermost = nullptr;

waiter* future_core::finished_mark() noexcept {
  static constinit char mark = 0; // an address that is no waiter's
  return reinterpret_cast<waiter*>(&mark);
}

void future_core::release() noexcept {
  // Acquire-release: the last one sees what all have done.
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (ready() && !observed_.load(std::memory_order_relaxed))
    if (std::exception_ptr unseen = failure()) report(std::move(unseen));
  delete this;
}

bool future_core::on_ready(waiter& who) {
  waiter* seen = nullptr;
  // Release pairs with the exchange in complete: the waiter.
  if (observer_.compare_exchange_strong(seen, &who, std::memory_order_acq_rel)) return true;
  if (seen != finished_mark()) throw argument_error("somebody waits for this future already");
  return false;
}

bool future_core::forget(waiter& who) noexcept {
  waiter* seen = &who;
  return observer_.compare_exchange_strong(seen, nullptr, std::memory_order_acq_rel);
}

void future_core::complete() noexcept {
  if (waiter* const who = observer_.exchange(finished_mark(), std::memory_order_acq_rel)) who->wake();
}

void future_core::run_queued(work& self) noexcept {
  auto& state = static_cast<future_core&>(self);
  if (state.claim(stage::queued)) state.run_claimed();
  state.release(); // the queue's reference
}

void future_core::run_failed(work& self) noexcept {
  auto& state = static_cast<future_core&>(self);
  state.announce();
  state.completed();
  state.release();
}

void future_core::run_claimed() noexcept {
  bool done;
  {
    const frame here(*this);
    worker* const thread = worker::current();
    scope* const outside = thread != nullptr ? thread->running_in() : nullptr;
    if (thread != nullptr) thread->run_in(&scope_);
    done = perform();
    if (thread != nullptr) thread->run_in(outside);
  }
  if (done) finish();
}

void future_core::enqueue(bool continues, priority band) noexcept {
  retain(); // for the queue
  try {
    if (continues && band == priority::normal)
      where_.submit_continuation(*this);
    else if (band == priority::normal && may_run_here())
      where_.submit_reserved(*this);
    else
      where_.submit(*this, band);
  } catch (...) {
    if (!claim(stage::queued)) return release();
    set_failure(std::current_exception());
    drop();
    run = &run_failed; // in turn, as the next in a chain may be refused, too
    place::run_in_turn(*this);
  }
}

void future_core::run_in_turn() noexcept {
  retain(); // as for a queue
  place::run_in_turn(*this);
}

// Stands for it in a queue, as no work may be in two.
struct future_core::second_turn final : work {
  explicit second_turn(future_core& whose) noexcept : work(&run_turn), of(whose) {}
  static void run_turn(work& self) noexcept {
    const std::unique_ptr<second_turn> done(static_cast<second_turn*>(&self));
    run_queued(done->of);
  }
  future_core& of;
};

void future_core::enqueue_anew() noexcept {
  retain(); // for the queue
  try {
    auto turn = std::make_unique<second_turn>(*this);
    where_.submit(*turn);
    (void)turn.release(); // it has been taken, or has run
  } catch (...) {
    if (claim(stage::queued)) {
      set_failure(std::current_exception());
      finish();
    }
    release();
  }
}

template <class Visit, class Follow> bool future_core::any_before(Visit visit, Follow follow) {
  std::vector<state_ref<future_core>> unvisited;
  unvisited.push_back(state_ref<future_core>::share(*this));
  while (!unvisited.empty()) {
    const auto at = std::move(unvisited.back());
    unvisited.pop_back();
    if (at->ready()) continue;
    for (std::size_t i = 0; follow(*at); ++i) { // first, as a visit may end it
      auto before = at->upstream(i);
      if (!before) break;
      unvisited.push_back(std::move(before));
    }
    if (visit(*at)) return true;
  }
  return false;
}

bool future_core::cancel() {
  observe();
  bool prevented = false;
  any_before(
      [&](future_core& one) {
        const bool first = one.cancel_one();
        if (&one == this) prevented = first;
        return !first && &one == this; // what runs already needs nothing any more
      },
      [](const future_core& one) { return one.owns_upstream(); });
  return prevented;
}

bool future_core::cancel_one() {
  if (!claim()) {
    ask_to_stop();
    return false;
  }
  set_failure(std::make_exception_ptr(cancelled_error("the work was cancelled before it began")));
  finish();
  return true;
}

void future_core::wait() {
  if (ready()) return;
  refuse_own();
  help_for_a_while();
  if (ready()) return;
  where_.check_not_forked();
  about_to_block();
  thread_waiter waiting;
  if (on_ready(waiting)) waiting.wait();
}

bool future_core::wait_until(std::chrono::steady_clock::time_point deadline) {
  if (ready()) return true;
  refuse_own();
  thread_waiter waiting;
  if (!on_ready(waiting) || waiting.wait_until(deadline)) return true;
  if (forget(waiting)) return false;
  waiting.wait(); // the wake-up is on its way
  return true;
}

// By the clock, as a look takes long where it waits for much.
void future_core::help_for_a_while() {
  worker* const here = worker::current();
  // A thread from outside that can do none of it only takes a core from who does.
  const bool may_help = here != nullptr || any_before([](const future_core& one) { return one.may_run_here(); });
  const auto patience = may_help ? where_.patience() : std::chrono::nanoseconds(0);
  for (auto since = std::chrono::steady_clock::now(); !ready();) {
    const bool helped = help_once(here);
    const auto now = std::chrono::steady_clock::now();
    if (helped)
      since = now;
    else if (now - since >= patience)
      return;
    else
      where_.rest();
  }
}

// Brings the result nearer: runs what it comes from, or else what that has forked. Returns whether it could.
bool future_core::help_once(worker* here) {
  const trampoline::barrier nothing_below;
  return any_before([here](future_core& one) {
    if (one.may_run_here() && one.claim(stage::queued)) {
      if (here == nullptr && one.where_.take_back(one)) one.release(); // the queue's reference
      one.run_claimed();
      return true;
    }
    return one.help_running() || (here != nullptr && here->help(one.scope_));
  });
}

bool future_core::depends_on(const future_core& other) {
  return any_before([&other](const future_core& one) { return &one == &other; });
}

void future_core::refuse_own() {
  for (const frame* at = frame::innermost; at != nullptr; at = at->outer)
    if (depends_on(at->running))
      throw deadlock_error("work waits for its own result, or for one that depends on it, and would wait for ever");
}

} // namespace clotho::detail
