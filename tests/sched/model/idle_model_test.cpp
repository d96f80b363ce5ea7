// SPDX-License-Identifier: Apache-2.0
// Every execution of small pools: no wake-up is lost, a pool that closes lets everyone go, and spares come
// and go.
#include <doctest/doctest.h>

#include "sched/model/broken_atomics.hpp"
#include "sched/model/expect.hpp"
#include "sched/model/tiny_pool.hpp"

using namespace clotho;
using model::barriers;
using model::bit_queue;
using model::broken_atomics;
using model::expect_correct;
using model::expect_violation;
using model::explore;
using model::flaw;
using model::locked_queue;
using model::plan;
using model::tiny_pool;

namespace {

/// Submitters, workers, spares.
template <unsigned S, unsigned W, unsigned E = 0> using pool = tiny_pool<S, W, E, bit_queue>;
template <unsigned S, unsigned W, unsigned E = 0> using pool_with_lock = tiny_pool<S, W, E, locked_queue>;
template <flaw What> using broken_pool = tiny_pool<1, 1, 0, bit_queue, broken_atomics<What>>;

/// Every execution, with each kind of barrier.
template <class Pool> void search(const plan& what, std::size_t states) {
  for (const barriers kind : {barriers::membarrier, barriers::fences}) {
    model::options how;
    how.barriers = kind;
    expect_correct(explore<Pool>(how, what), states);
  }
}

/// For larger pools: every execution that interrupts a thread at most so often where it could go on. One
/// more, and with each kind of barrier, takes minutes.
template <class Pool> void search_within(int preemptions, const plan& what, std::size_t states) {
  model::options how;
  how.preemptions = preemptions;
  how.barriers = barriers::at_once;
  if (!model::all_sizes()) return expect_correct(explore<Pool>(how, what), states);
  ++how.preemptions;
  for (const barriers kind : {barriers::membarrier, barriers::fences}) {
    how.barriers = kind;
    expect_correct(explore<Pool>(how, what), states);
  }
}

} // namespace

TEST_CASE("idle: one worker: no wake-up is lost") {
  SUBCASE("one item") { search<pool_with_lock<1, 1>>({.items = 1}, 300); }
  SUBCASE("two items") { search<pool_with_lock<1, 1>>({.items = 2}, 2000); }
  SUBCASE("three items") { search<pool<1, 1>>({.items = 3}, 5000); }
  SUBCASE("two submitters") { search_within<pool<2, 1>>(2, {.items = 2}, 10000); }
}

TEST_CASE("idle: two workers") {
  SUBCASE("one item") { search_within<pool<1, 2>>(2, {.items = 1}, 100000); }
  SUBCASE("two items") { search_within<pool<1, 2>>(1, {.items = 2}, 50000); }
  SUBCASE("one item, all asleep") { search_within<pool<1, 2>>(4, {.items = 1, .all_asleep = true}, 20); }
  SUBCASE("two items, all asleep") { search_within<pool<1, 2>>(4, {.items = 2, .all_asleep = true}, 60000); }
  SUBCASE("one item that forks another") {
    search_within<pool<1, 2>>(4, {.items = 1, .first_item = plan::forks, .all_asleep = true}, 10000);
  }
}

TEST_CASE("idle: closing dismisses everyone, when all work is done") {
  SUBCASE("nothing to do") { search<pool<1, 1>>({.items = 0, .closes = true}, 40); }
  SUBCASE("one item") { search<pool<1, 1>>({.items = 1, .closes = true}, 2000); }
  SUBCASE("two items") { search<pool<1, 1>>({.items = 2, .closes = true}, 8000); }
  SUBCASE("two workers, nothing to do") { search_within<pool<1, 2>>(2, {.items = 0, .closes = true}, 10000); }
  SUBCASE("two workers") { search_within<pool<1, 2>>(1, {.items = 1, .closes = true}, 20000); }
  SUBCASE("two workers, asleep") {
    search_within<pool<1, 2>>(4, {.items = 1, .closes = true, .all_asleep = true}, 300);
  }
  SUBCASE("two workers, an item that forks") {
    search_within<pool<1, 2>>(4, {.items = 1, .first_item = plan::forks, .closes = true, .all_asleep = true},
                              10);
  }
}

TEST_CASE("idle: a spare takes the place of a worker that blocks, if there is work") {
  SUBCASE("the work it waits for") {
    search_within<pool<1, 1, 1>>(2, {.items = 2, .first_item = plan::blocks}, 10000);
  }
  SUBCASE("and retires when that is back") {
    search_within<pool<1, 1, 1>>(3, {.items = 2, .first_item = plan::blocks_and_outlasts}, 20000);
  }
  SUBCASE("and is dismissed in the end") {
    search_within<pool<1, 1, 1>>(2, {.items = 2, .first_item = plan::blocks, .closes = true}, 20000);
  }
  SUBCASE("retired, and dismissed") {
    search_within<pool<1, 1, 1>>(3, {.items = 2, .first_item = plan::blocks_and_outlasts, .closes = true},
                                 10);
  }
}

TEST_CASE("idle: the checker finds what is wrong with broken ones") {
  SUBCASE("a worker that does not look again") {
    expect_violation(explore<pool<1, 1>>({}, plan{.items = 1, .second_look = false}), "nobody comes for it");
  }
  SUBCASE("close without looking: a worker that has just fallen asleep has not looked again yet") {
    expect_violation(explore<pool<1, 1>>({}, plan{.items = 1, .closes = true, .dismisses = plan::at_once}));
  }
  SUBCASE("close although who had just fallen asleep is at work") {
    expect_violation(
        explore<pool<1, 1>>({}, plan{.items = 1, .closes = true, .dismisses = plan::unless_queued}));
  }
  SUBCASE("looking again without a barrier") {
    expect_violation(explore<broken_pool<flaw::heavy_barrier_is_nothing>>({}, plan{.items = 1}),
                     "nobody comes for it");
  }
  SUBCASE("looking again behind a fence, where the other side has none") {
    expect_violation(explore<broken_pool<flaw::heavy_barrier_is_local>>({}, plan{.items = 1}),
                     "nobody comes for it");
  }
  SUBCASE("a searcher that finds something and does not look for more") {
    // The second item came while it searched, so nobody was woken for it.
    model::options how;
    how.preemptions = 2;
    expect_violation(
        explore<pool<1, 2>>(
            how, plan{.items = 2, .first_item = plan::waits, .all_asleep = true, .handover = false}),
        "nobody comes for it");
  }
}
