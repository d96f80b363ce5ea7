// SPDX-License-Identifier: Apache-2.0
// The checker itself: it must find every outcome that the C++ memory model allows, and none that it forbids.
#include <doctest/doctest.h>

#include <mutex>
#include <set>
#include <string>

#include "sched/model/atomics.hpp"

using namespace clotho;
using model::barriers;
using model::explore;

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;
constexpr auto acq_rel = std::memory_order_acq_rel;
constexpr auto seq_cst = std::memory_order_seq_cst;

std::set<std::string> outcomes; // of all executions; what each thread saw

template <class Litmus> std::set<std::string> outcomes_of(model::options how = {}) {
  outcomes.clear();
  const model::result reduced = explore<Litmus>(how);
  CHECK_MESSAGE(reduced.violation.empty(), reduced.violation << "\n" << reduced.trace);
  CHECK(reduced.complete);
  const auto found = std::exchange(outcomes, {});
  how.reduce = false;
  const model::result full = explore<Litmus>(how);
  CHECK(full.complete);
  CHECK_MESSAGE(found == outcomes, "the reduced search must see what the full one sees");
  CHECK(reduced.executions <= full.executions);
  return found;
}

using set = std::set<std::string>;

/// What the threads read: a digit each.
struct litmus {
  model::atomic<int> x{0}, y{0};
  int read[4] = {-1, -1, -1, -1};
  void finished() const {
    std::string text;
    for (const int digit : read)
      if (digit >= 0) text += static_cast<char>('0' + digit);
    outcomes.insert(text);
  }
};

enum class between { nothing, fences, light_and_heavy, two_light };
template <between What> void barrier(bool first) {
  if constexpr (What == between::fences) model::fence();
  if constexpr (What == between::light_and_heavy)
    first ? model::atomics::light_barrier() : model::atomics::heavy_barrier();
  if constexpr (What == between::two_light) model::atomics::light_barrier();
}

template <std::memory_order Store, std::memory_order Load, between Barrier = between::nothing>
struct store_buffering : litmus {
  static constexpr unsigned threads = 2;
  void run(unsigned thread) {
    auto& mine = thread == 0 ? x : y;
    auto& other = thread == 0 ? y : x;
    mine.store(1, Store);
    barrier<Barrier>(thread == 0);
    read[thread] = other.load(Load);
  }
};

template <std::memory_order Store, std::memory_order Load, bool ByExchange = false>
struct message_passing : litmus {
  static constexpr unsigned threads = 2;
  model::variable<int> data{0};
  void run(unsigned thread) {
    if (thread == 0) {
      data.write(1);
      y.store(1, relaxed);
      if (ByExchange)
        x.exchange(1, Store);
      else
        x.store(1, Store);
    } else {
      read[0] = x.load(Load);
      if (read[0] == 1) {
        read[1] = y.load(relaxed);
        read[2] = data.read();
      }
    }
  }
};

template <std::memory_order Store, std::memory_order Load> struct independent_reads : litmus {
  static constexpr unsigned threads = 4;
  void run(unsigned thread) {
    if (thread == 0) x.store(1, Store);
    if (thread == 1) y.store(1, Store);
    if (thread == 2) read[0] = x.load(Load), read[1] = y.load(Load);
    if (thread == 3) read[2] = y.load(Load), read[3] = x.load(Load);
  }
};

/// Thread 1 touches x between the release and the acquire.
template <bool ByExchange> struct release_sequence : litmus {
  static constexpr unsigned threads = 3;
  model::variable<int> data{0};
  void run(unsigned thread) {
    if (thread == 0) {
      data.write(1);
      x.store(1, release);
    } else if (thread == 1) {
      if (ByExchange)
        x.fetch_add(1, relaxed);
      else if (x.load(relaxed) == 1)
        x.store(2, relaxed);
    } else if (x.load(acquire) == 2) {
      read[0] = data.read();
    }
  }
};

struct two_reads : litmus {
  static constexpr unsigned threads = 2;
  void run(unsigned thread) {
    if (thread == 0)
      x.store(1, relaxed), x.store(2, relaxed);
    else
      read[0] = x.load(relaxed), read[1] = x.load(relaxed);
  }
};

template <bool Whole> struct increments : litmus {
  static constexpr unsigned threads = 3;
  void run(unsigned) {
    if (Whole)
      x.fetch_add(1, relaxed);
    else
      x.store(x.load(acquire) + 1, release);
  }
  void finished() { read[0] = x.load(), litmus::finished(); }
};

struct lock_order {
  static constexpr unsigned threads = 2;
  model::names named{"first", "second"};
  model::mutex first, second;
  void run(unsigned thread) {
    const std::lock_guard one(thread == 0 ? first : second);
    const std::lock_guard two(thread == 0 ? second : first);
  }
  void finished() {}
};

template <bool Locked> struct counter {
  static constexpr unsigned threads = 3;
  model::mutex mutex;
  model::variable<int> count{0};
  void run(unsigned) {
    if (Locked) mutex.lock();
    count.write(count.read() + 1);
    if (Locked) mutex.unlock();
  }
  void finished() const { model::require(count.read() == 3, "an increment is lost"); }
};

template <bool Waits> struct parked {
  static constexpr unsigned threads = 2;
  model::parker place;
  model::variable<int> data{0};
  void run(unsigned thread) {
    if (thread == 0) {
      if (Waits) place.park();
      data.end();
    } else {
      data.write(1);
      place.unpark();
    }
  }
  void finished() {}
};

struct parked_for_good {
  static constexpr unsigned threads = 1;
  model::names named{"bed"};
  model::parker place;
  void run(unsigned) { place.park(), place.park(); }
  void finished() {}
};

struct weak_exchange : litmus {
  static constexpr unsigned threads = 1;
  void run(unsigned) {
    int expected = 0;
    read[0] = x.compare_exchange_weak(expected, 1, acq_rel, relaxed) ? 1 : 0;
  }
};

struct endless {
  static constexpr unsigned threads = 2;
  model::atomic<int> x{0};
  void run(unsigned thread) {
    if (thread == 0)
      while (x.load(relaxed) == 0) {
      }
  }
  void finished() {}
};

} // namespace

TEST_CASE("store buffering: only sequential consistency orders a store before a load of something else") {
  const set all{"00", "01", "10", "11"};
  const set ordered{"01", "10", "11"};
  CHECK(outcomes_of<store_buffering<relaxed, relaxed>>() == all);
  CHECK(outcomes_of<store_buffering<release, acquire>>() == all);
  CHECK(outcomes_of<store_buffering<seq_cst, acquire>>() == all);
  CHECK(outcomes_of<store_buffering<seq_cst, seq_cst>>() == ordered);
  CHECK(outcomes_of<store_buffering<relaxed, relaxed, between::fences>>() == ordered);
}

TEST_CASE("store buffering: one heavy barrier orders what a light one on the other side does not") {
  const set all{"00", "01", "10", "11"};
  const set ordered{"01", "10", "11"};
  CHECK(outcomes_of<store_buffering<relaxed, relaxed, between::light_and_heavy>>() == ordered);
  CHECK(outcomes_of<store_buffering<relaxed, relaxed, between::two_light>>() == all);
  model::options fallback;
  fallback.barriers = barriers::fences;
  CHECK(outcomes_of<store_buffering<relaxed, relaxed, between::light_and_heavy>>(fallback) == ordered);
}

TEST_CASE("message passing: a release and an acquire pass on what came before; nothing less does") {
  CHECK(outcomes_of<message_passing<release, acquire>>() == set{"0", "111"});
  CHECK(outcomes_of<message_passing<release, acquire, true>>() == set{"0", "111"});
  CHECK(explore<message_passing<relaxed, acquire>>({}).violation == "data race on object 2");
  CHECK(explore<message_passing<release, relaxed>>({}).violation == "data race on object 2");
}

TEST_CASE("independent reads: two threads may see two stores in different orders, unless all is seq_cst") {
  CHECK(outcomes_of<independent_reads<release, acquire>>().contains("1010"));
  CHECK(!outcomes_of<independent_reads<seq_cst, seq_cst>>().contains("1010"));
}

TEST_CASE("a read-modify-write continues a release sequence; a store ends it") {
  CHECK(outcomes_of<release_sequence<true>>() == set{"", "1"});
  CHECK(explore<release_sequence<false>>({}).violation == "data race on object 2");
}

TEST_CASE("reads of one location never go back") {
  CHECK(outcomes_of<two_reads>() == set{"00", "01", "02", "11", "12", "22"});
}

TEST_CASE("a read-modify-write loses nothing; a load and a store do") {
  CHECK(outcomes_of<increments<true>>() == set{"3"});
  CHECK(outcomes_of<increments<false>>() == set{"1", "2", "3"});
}

TEST_CASE("locks exclude; in different orders they deadlock") {
  CHECK(explore<counter<true>>({}).violation == "");
  CHECK(explore<counter<false>>({}).violation == "data race on object 1");
  const model::result found = explore<lock_order>({});
  CHECK(found.violation == "deadlock: thread 0 waits for second, thread 1 waits for first");
  CHECK(found.trace.find("second.lock()") != std::string::npos);
}

TEST_CASE("park returns after unpark, and sees what came before; a wake-up that comes first is kept") {
  CHECK(explore<parked<true>>({}).violation == "");
  CHECK(explore<parked<false>>({}).violation != "");
  CHECK(explore<parked_for_good>({}).violation == "deadlock: thread 0 is parked in bed");
}

TEST_CASE("compare_exchange_weak fails for no reason only where that is asked for") {
  CHECK(outcomes_of<weak_exchange>() == set{"1"});
  model::options how;
  how.spurious_failures = true;
  CHECK(outcomes_of<weak_exchange>(how) == set{"0", "1"});
}

TEST_CASE("a loop that nothing ends is found") {
  CHECK(explore<endless>({}).violation.starts_with("no end in sight"));
}
