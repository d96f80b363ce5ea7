// SPDX-License-Identifier: Apache-2.0
#include "sched/model/atomics.hpp"

#include <array>
#include <bit>

#include "sched/model/engine.hpp"

namespace clotho::model {

namespace detail {

namespace {

using std::to_string;

operation on(step what, unsigned where, std::memory_order order = std::memory_order_relaxed) {
  return {what, order == std::memory_order_seq_cst, static_cast<std::uint8_t>(where)};
}

const char* name(std::memory_order order) {
  switch (order) {
  case std::memory_order_relaxed: return "relaxed";
  case std::memory_order_consume: return "consume";
  case std::memory_order_acquire: return "acquire";
  case std::memory_order_release: return "release";
  case std::memory_order_acq_rel: return "acq_rel";
  case std::memory_order_seq_cst: break;
  }
  return "seq_cst";
}

unsigned add(kind what, std::uint64_t value = 0, bool pointer = false) {
  engine& here = engine::running();
  const char* called = nullptr;
  if (!here.next_names.empty()) {
    called = here.next_names.front();
    here.next_names.pop_front();
  }
  const unsigned where = what == kind::variable ? here.shared().add_variable(value, called)
                                                : here.shared().add(what, value, called);
  here.shared().at(where).pointer = pointer;
  return where;
}

std::string stale(engine& here, unsigned where, stamp which) {
  const location& from = here.shared().at(where);
  if (which == from.newest) return {};
  return "  (stale: it is " + here.show(where, from.history.back().value) + ")";
}

/// The messages that a load may return, less those that make no difference.
struct outcomes {
  std::array<stamp, 256> places;
  unsigned count = 0;
  void add(engine& here, unsigned where, stamp older) {
    for (unsigned i = 0; i < count; ++i)
      if (here.shared().outdone(here.current(), where, places[i], older)) {
        places[i] = older;
        return;
      }
    places[count++] = older;
  }
};

void check_room(engine& here, bool written) {
  if (!written) here.violated("no end in sight: too many stores to one location");
}

} // namespace

unsigned add_atomic(std::uint64_t initial, bool pointer) { return add(kind::atomic, initial, pointer); }

std::uint64_t load(unsigned where, std::memory_order order) {
  engine& here = engine::running();
  here.point(on(step::load, where, order));
  memory& shared = here.shared();
  const stamp newest = shared.at(where).newest;
  outcomes may_read;
  for (int i = newest; i >= shared.oldest(here.current(), where, order); --i)
    may_read.add(here, where, static_cast<stamp>(i));
  const stamp which = may_read.places[here.choose(may_read.count)];
  const std::uint64_t value = shared.read(here.current(), where, which, order);
  here.observed(value);
  if (here.tracing())
    here.trace(here.show(where) + ".load(" + name(order) + ") = " + here.show(where, value)
               + stale(here, where, which));
  return value;
}

void store(unsigned where, std::uint64_t value, std::memory_order order) {
  engine& here = engine::running();
  here.point(on(step::store, where, order));
  check_room(here, here.shared().write(here.current(), where, value, order));
  if (here.tracing())
    here.trace(here.show(where) + ".store(" + here.show(where, value) + ", " + name(order) + ")");
}

std::uint64_t modify(unsigned where, change how, std::uint64_t operand, unsigned bytes,
                     std::memory_order order) {
  engine& here = engine::running();
  here.point(on(step::store, where, order));
  memory& shared = here.shared();
  const std::uint64_t before = shared.read(here.current(), where, shared.at(where).newest, order);
  std::uint64_t after = operand;
  if (how == change::add) after = before + operand;
  if (how == change::subtract) after = before - operand;
  if (bytes < 8) after &= (std::uint64_t{1} << (8 * bytes)) - 1;
  check_room(here, shared.rewrite(here.current(), where, after, order));
  here.observed(before);
  if (here.tracing())
    here.trace(here.show(where) + (how == change::exchange ? ".exchange: " : ".fetch_add/sub: ")
               + here.show(where, before) + " -> " + here.show(where, after) + " (" + name(order) + ")");
  return before;
}

bool compare_exchange(unsigned where, std::uint64_t& expected, std::uint64_t desired,
                      std::memory_order success, std::memory_order failure, bool weak) {
  engine& here = engine::running();
  here.point(on(step::store, where, success));
  memory& shared = here.shared();
  const location& at = shared.at(where);
  const unsigned self = here.current();

  // Whatever it may read that differs makes it fail; only on the newest can it succeed.
  const bool may_succeed = at.history[at.newest].value == expected;
  const bool may_fail_anyway = may_succeed && weak && here.how().spurious_failures;
  outcomes may_read;
  for (int i = at.newest; i >= shared.oldest(self, where, failure); --i)
    if (at.history[static_cast<std::size_t>(i)].value != expected)
      may_read.add(here, where, static_cast<stamp>(i));

  const unsigned chosen = here.choose(may_read.count + (may_succeed ? 1 : 0) + (may_fail_anyway ? 1 : 0));
  const bool done = may_succeed && chosen == may_read.count;
  const stamp which = chosen < may_read.count ? may_read.places[chosen] : at.newest;
  const std::uint64_t found = shared.read(self, where, which, done ? success : failure);
  if (done)
    check_room(here, shared.rewrite(self, where, desired, success));
  else
    here.did(on(step::load, where, failure));
  here.observed(found * 2 + (done ? 1 : 0));
  if (here.tracing())
    here.trace(here.show(where) + ".compare_exchange(" + here.show(where, expected) + " -> "
               + here.show(where, desired) + ") "
               + (done ? "succeeds" : "fails on " + here.show(where, found))
               + stale(here, where, done ? at.newest : which));
  expected = found;
  return done;
}

unsigned add_mutex() { return add(kind::mutex); }

void lock(unsigned where) {
  engine& here = engine::running();
  here.point(on(step::lock, where));
  here.shared().at(where).set = true;
  here.shared().acquire(here.current(), where);
  here.observed(here.plain_data());
  if (here.tracing()) here.trace(here.show(where) + ".lock()");
}

// No step of its own: it commutes with whatever others can do while the mutex is held.
void unlock(unsigned where) {
  engine& here = engine::running();
  here.shared().at(where).set = false;
  here.shared().release(here.current(), where);
  if (here.tracing()) here.trace(here.show(where) + ".unlock()");
}

unsigned add_parker() { return add(kind::parker); }

void park(unsigned where) {
  engine& here = engine::running();
  here.point(on(step::park, where));
  here.shared().at(where).set = false;
  here.shared().acquire(here.current(), where);
  here.shared().at(where).seen = {};
  if (here.tracing()) here.trace(here.show(where) + ".park() returns");
}

void unpark(unsigned where) {
  engine& here = engine::running();
  here.point(on(step::unpark, where));
  here.shared().at(where).set = true;
  here.shared().release(here.current(), where);
  if (here.tracing()) here.trace(here.show(where) + ".unpark()");
}

unsigned add_variable(std::uint64_t initial, bool pointer) { return add(kind::variable, initial, pointer); }

namespace {

void check_access(engine& here, unsigned where, bool ordered) {
  if (here.shared().at(where).ended) here.violated(here.show(where) + " is used after its end");
  if (!ordered) here.violated("data race on " + here.show(where));
}

} // namespace

std::uint64_t read_variable(unsigned where) {
  engine& here = engine::running();
  const std::uint64_t value = here.shared().at(where).value;
  if (here.tracing()) here.trace(here.show(where) + " is read: " + here.show(where, value));
  check_access(here, where, here.shared().read_variable(here.current(), where));
  here.observed(value);
  return value;
}

void write_variable(unsigned where, std::uint64_t value) {
  engine& here = engine::running();
  if (here.tracing()) here.trace(here.show(where) + " is written: " + here.show(where, value));
  check_access(here, where, here.shared().write_variable(here.current(), where));
  here.shared().at(where).value = value;
}

bool variable_ended(unsigned where) { return engine::running().shared().at(where).ended; }

void end_variable(unsigned where) {
  engine& here = engine::running();
  if (here.tracing()) here.trace(here.show(where) + " ends");
  check_access(here, where, here.shared().write_variable(here.current(), where));
  here.shared().at(where).ended = true;
}

} // namespace detail

using detail::engine;
using detail::operation;
using detail::step;

void fence() noexcept {
  engine& here = engine::running();
  here.point({step::fence, true, 0});
  here.shared().fence(here.current());
  if (here.tracing()) here.trace("fence");
}

void atomics::light_barrier() noexcept {
  if (engine::running().how().barriers == barriers::fences) fence();
}

// A fence here, one in each of the others at a time of its own, and again one here. Threads that do not run
// at the start have passed one when they stopped.
void atomics::heavy_barrier() noexcept {
  engine& here = engine::running();
  if (here.how().barriers == barriers::fences) return fence();
  memory& shared = here.shared();
  const unsigned self = here.current();
  if (self == shared.thread_count()) return;

  here.point({step::barrier, true, operation::everyone});
  std::uint32_t waiting = 0;
  for (unsigned i = 0; i < shared.thread_count(); ++i)
    if (here.how().barriers == barriers::membarrier && i != self && here.is_running(i)) waiting |= 1u << i;
  shared.fence(self);
  shared.fence_all_but(waiting | 1u << self);
  // The order does not matter to what comes after.
  const std::uint64_t history = here.history();
  while (waiting != 0) {
    unsigned skipped = here.choose(static_cast<unsigned>(std::popcount(waiting)));
    std::uint32_t rest = waiting;
    while (skipped-- > 0) rest &= rest - 1;
    const auto chosen = static_cast<unsigned>(std::countr_zero(rest));
    if (here.tracing()) here.trace("heavy barrier: fence in thread " + std::to_string(chosen));
    shared.fence(chosen);
    waiting &= ~(1u << chosen);
    here.did({step::barrier, true, static_cast<std::uint8_t>(chosen)});
    here.set_history(mixed(history, waiting));
    if (waiting != 0) here.point({step::barrier, true, operation::everyone});
  }
  here.set_history(history);
  shared.fence(self);
  if (here.tracing()) here.trace("heavy barrier: fence");
}

} // namespace clotho::model
