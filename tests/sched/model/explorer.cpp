// SPDX-License-Identifier: Apache-2.0
#include "sched/model/explorer.hpp"

#include <bit>
#include <chrono>
#include <cstdio>

#include "sched/model/engine.hpp"

namespace clotho::model {

namespace detail {

namespace {

engine* the_engine = nullptr;

struct violation_found {};

struct body_argument {
  engine* owner;
  unsigned thread;
};

// A load that comes after a store may still return what it returned before it: so that order covers the other
// one. Not where both are sequentially consistent.
bool covered(operation asleep, operation done) noexcept {
  return done.what == step::load && asleep.what == step::store && !(done.sequential && asleep.sequential);
}

// Whether the order may matter of what `thread` is about to do, and what another one did. In doubt it does.
bool dependent(unsigned thread, operation a, operation b) noexcept {
  if (a.what == step::barrier) return true;
  if (b.what == step::barrier && (b.where == operation::everyone || b.where == thread)) return true;
  if (b.what == step::barrier) return a.what == step::fence || a.sequential;
  if (a.what == step::fence || b.what == step::fence)
    return (a.what == step::fence || a.sequential) && (b.what == step::fence || b.sequential);
  if (a.where != b.where) return false;
  return a.what != step::load || b.what != step::load;
}

} // namespace

engine& engine::running() { return *the_engine; }

result engine::run() {
  the_engine = this;
  const auto start = std::chrono::steady_clock::now();
  do {
    execute();
    ++result_.executions;
  } while (result_.violation.empty() && next_path() && result_.executions < options_.executions);
  result_.complete = path_.empty();
  if (!result_.violation.empty()) { // once more, now with a trace
    const std::string violation = std::exchange(result_.violation, {});
    tracing_ = true;
    execute();
    if (result_.violation != violation)
      result_.trace += "The scenario does not repeat itself; it depends on something that is not modelled.\n";
    result_.violation = violation;
  }
  result_.states = seen_.size();
  result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  the_engine = nullptr;
  return std::move(result_);
}

void engine::execute() {
  const unsigned checker = scenario_.threads;
  memory_.reset(scenario_.threads);
  depth_ = last_thread_ = steps_ = 0;
  finished_ = 0;
  histories_.fill(0);
  ended_ = false;
  next_names.clear();
  named_values.clear();

  current_ = checker;
  scenario_.construct(scenario_.context);
  memory_.begin();

  // Each up to its first operation.
  starting_ = true;
  for (unsigned i = 0; i < scenario_.threads && result_.violation.empty(); ++i) {
    body_argument argument{this, i};
    fibers_[i].start(&engine::body, &argument);
    current_ = i;
    fiber::switch_to(fibers_[checker], fibers_[i]);
  }
  starting_ = false;

  current_ = checker;
  if (result_.violation.empty()) {
    const unsigned first = pick();
    if (first != checker) {
      current_ = first;
      fiber::switch_to(fibers_[checker], fibers_[first]);
    }
  }
  current_ = checker;
  if (ended_ && result_.violation.empty()) check_ending();
  scenario_.destroy(scenario_.state);
  result_.steps += steps_;
}

void engine::check_ending() {
  ++result_.endings;
  memory_.end();
  try {
    const bool all = finished_ == (1u << scenario_.threads) - 1;
    bool only_parked = scenario_.parked != nullptr;
    for (unsigned i = 0; i < scenario_.threads; ++i)
      if ((finished_ >> i & 1) == 0 && pending_[i].what != step::park) only_parked = false;
    if (all)
      scenario_.finished(scenario_.state);
    else if (only_parked)
      scenario_.parked(scenario_.state);
    else
      violated("deadlock: " + blocked_threads());
  } catch (const violation_found&) {
  }
}

std::string engine::blocked_threads() const {
  std::string text;
  for (unsigned i = 0; i < scenario_.threads; ++i)
    if ((finished_ >> i & 1) == 0)
      text += (text.empty() ? "thread " : ", thread ") + std::to_string(i)
              + (pending_[i].what == step::lock ? " waits for " : " is parked in ") + show(pending_[i].where);
  return text;
}

void engine::body(void* context) {
  const body_argument argument = *static_cast<body_argument*>(context);
  engine& self = *argument.owner;
  self.scenario_.run(self.scenario_.state, argument.thread);
  self.finished_ |= 1u << argument.thread;
  if (self.tracing_) self.trace("has finished");
  if (self.starting_) self.leave();
  const unsigned next = self.pick();
  if (next == self.scenario_.threads) self.leave();
  self.enter_thread(next);
}

void engine::enter_thread(unsigned thread) {
  const unsigned from = current_;
  current_ = thread;
  fiber::switch_to(fibers_[from], fibers_[thread]);
  current_ = from;
}

// Back to the checker, for good.
void engine::leave() {
  fiber::switch_to(fibers_[current_], fibers_[scenario_.threads]);
  std::abort();
}

void engine::point(operation next) {
  const unsigned self = current_;
  if (self == scenario_.threads) return;
  pending_[self] = next;
  observed(1); // how far it has come
  if (starting_) {
    fiber::switch_to(fibers_[self], fibers_[scenario_.threads]);
  } else {
    if (++steps_ > options_.steps) violated("no end in sight: the execution is longer than options.steps");
    const unsigned chosen = pick();
    if (chosen == scenario_.threads) leave();
    if (chosen != self) enter_thread(chosen);
  }
  done_ = next;
}

bool engine::can_go_on(unsigned thread) const noexcept {
  if ((finished_ >> thread & 1) != 0) return false;
  const operation& next = pending_[thread];
  if (next.what == step::lock) return !memory_.at(next.where).set;
  if (next.what == step::park) return memory_.at(next.where).set;
  return true;
}

// The thread that goes on; the checker when the execution ends here.
unsigned engine::pick() {
  std::uint32_t enabled = 0;
  for (unsigned i = 0; i < scenario_.threads; ++i)
    if (can_go_on(i)) enabled |= 1u << i;
  if (enabled == 0) {
    ended_ = true;
    return scenario_.threads;
  }
  if (depth_ == path_.size()) {
    if (tracing_) return scenario_.threads;
    push_thread_decision(enabled);
    if (path_.back().to_do == 0) {
      path_.pop_back();
      return scenario_.threads;
    }
  }
  last_thread_ = ++depth_;
  return path_[depth_ - 1].chosen;
}

void engine::push_thread_decision(std::uint32_t enabled) {
  decision made;
  made.of_thread = true;
  made.last = static_cast<std::uint8_t>(current_);
  made.to_do = enabled;
  for (unsigned i = 0; i < scenario_.threads; ++i)
    if (pending_[i].what == step::load) made.loading |= 1u << i;
  if (options_.preemptions >= 0) {
    // Sleep sets would take threads to be covered that the bound keeps from running.
    if (last_thread_ != 0) {
      const decision& before = path_[last_thread_ - 1];
      const bool preempted = before.may_preempt && before.chosen != before.last;
      made.preemptions = static_cast<std::uint8_t>(before.preemptions + (preempted ? 1 : 0));
      made.may_preempt = (enabled >> current_ & 1) != 0;
      if (made.preemptions >= options_.preemptions && made.may_preempt) made.to_do = 1u << current_;
    }
  } else if (options_.reduce) {
    made.asleep = still_asleep();
    made.to_do = enabled & ~made.asleep;
  }
  if (options_.reduce && made.to_do != 0) {
    std::uint64_t key = finished_;
    const std::uint32_t live = ~finished_ & ((1u << scenario_.threads) - 1);
    for (unsigned i = 0; i < scenario_.threads; ++i) key = mixed(key, histories_[i]);
    if (options_.preemptions >= 0) key = mixed(key, made.preemptions * 16u + current_);
    key = memory_.fingerprint(live, mixed(key, plain_data()));
    const auto [known, is_new] = seen_.try_emplace(key, made.asleep);
    if (!is_new) {
      // What was asleep on the earlier visits and is not now was not explored from here.
      made.to_do = known->second & ~made.asleep & enabled;
      made.asleep = known->second &= made.asleep;
    }
  }
  if (made.to_do != 0) made.chosen = preferred(made);
  path_.push_back(made);
}

std::uint64_t engine::plain_data() const {
  std::span<const std::byte> data = scenario_.plain(scenario_.state);
  std::uint64_t hash = 0;
  for (; data.size() >= sizeof hash; data = data.subspan(sizeof hash)) {
    std::uint64_t word;
    std::memcpy(&word, data.data(), sizeof word);
    hash = mixed(hash, word);
  }
  for (const std::byte rest : data) hash = mixed(hash, std::to_integer<std::uint64_t>(rest));
  return hash;
}

// Stores before loads, see covered(); among those the current one, which costs no switch.
std::uint8_t engine::preferred(const decision& among) noexcept {
  std::uint32_t threads = among.to_do & ~among.loading;
  if (threads == 0) threads = among.to_do;
  if ((threads >> among.last & 1) != 0) return among.last;
  return static_cast<std::uint8_t>(std::countr_zero(threads));
}

std::uint32_t engine::still_asleep() const noexcept {
  if (last_thread_ == 0) return 0;
  std::uint32_t asleep = path_[last_thread_ - 1].asleep;
  for (unsigned i = 0; i < scenario_.threads; ++i)
    if ((asleep >> i & 1) != 0 && dependent(i, pending_[i], done_) && !covered(pending_[i], done_))
      asleep &= ~(1u << i);
  return asleep;
}

unsigned engine::choose(unsigned count) {
  if (count <= 1) return 0;
  if (depth_ == path_.size()) {
    path_.emplace_back();
    path_.back().count = static_cast<std::uint8_t>(count);
  }
  return path_[depth_++].chosen;
}

// Changes the last decision that can still be changed. False: none can.
bool engine::next_path() {
  while (!path_.empty()) {
    decision& last = path_.back();
    if (!last.of_thread) {
      if (++last.chosen < last.count) return true;
    } else {
      const std::uint32_t tried = 1u << last.chosen;
      last.to_do &= ~tried;
      last.asleep |= tried;
      if (last.to_do != 0) {
        last.chosen = preferred(last);
        return true;
      }
    }
    path_.pop_back();
  }
  return false;
}

void engine::violated(std::string what) {
  if (tracing_) trace("VIOLATION: " + what);
  result_.violation = std::move(what); // nothing may stay behind on a stack that is abandoned
  if (current_ == scenario_.threads) throw violation_found{};
  leave();
}

void engine::trace(const std::string& what) {
  char head[40];
  if (current_ == scenario_.threads)
    std::snprintf(head, sizeof head, "%4zu  at the end ", steps_);
  else
    std::snprintf(head, sizeof head, "%4zu  thread %u%*s", steps_, current_,
                  static_cast<int>(1 + 8 * current_), "");
  result_.trace += head + what + '\n';
}

std::string engine::show(unsigned where) const {
  const location& place = memory_.at(where);
  return place.name != nullptr ? place.name : "object " + std::to_string(where);
}

std::string engine::show(unsigned where, std::uint64_t value) const {
  if (const auto named = named_values.find(value); named != named_values.end() && memory_.at(where).pointer)
    return named->second;
  if (memory_.at(where).pointer) return value == 0 ? "null" : "an address";
  if (value >> 32 != 0 && value >> 48 == 0) // idle_workers packs two counts
    return std::to_string(value >> 32) + "<<32|" + std::to_string(value & 0xffffffffu);
  return std::to_string(static_cast<std::int64_t>(value));
}

result explore(const scenario& what, const options& how) {
  engine search(what, how);
  return search.run();
}

} // namespace detail

using detail::engine;

void fail(const char* violation) { engine::running().violated(violation); }

names::names(std::initializer_list<const char*> next) {
  engine& here = engine::running();
  here.next_names.assign(next.begin(), next.end());
}

void name_value(const void* address, std::string name) {
  engine& here = engine::running();
  if (here.tracing()) here.named_values[reinterpret_cast<std::uintptr_t>(address)] = std::move(name);
}

void forget(std::uint64_t live) { engine::running().set_history(mixed(0, live)); }

} // namespace clotho::model
