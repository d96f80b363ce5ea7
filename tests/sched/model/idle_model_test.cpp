// SPDX-License-Identifier: Apache-2.0
// Every execution of small pools: no wake-up is lost, and a pool that closes lets everyone go.
#include <doctest/doctest.h>

#include "sched/model/broken_atomics.hpp"
#include "sched/model/expect.hpp"
#include "sched/model/tiny_pool.hpp"

using namespace clotho;
using model::barriers;
using model::broken_atomics;
using model::expect_correct;
using model::expect_violation;
using model::explore;
using model::flaw;
using model::plan;
using model::bit_queue;
using model::locked_queue;
using model::tiny_pool;

namespace {

template <class Pool> void expect_correct_with_either_barrier(const plan& what, std::size_t states) {
  for (const barriers kind : {barriers::membarrier, barriers::fences}) {
    model::options how;
    how.barriers = kind;
    expect_correct(explore<Pool>(how, what), states);
  }
}

} // namespace

TEST_CASE("idle: one worker, one submitter: no wake-up is lost") {
  SUBCASE("one item") { expect_correct_with_either_barrier<tiny_pool<1, 1, 0, locked_queue>>({.items = 1}, 10); }
  SUBCASE("two items") { expect_correct_with_either_barrier<tiny_pool<1, 1, 0, locked_queue>>({.items = 2}, 10); }
  SUBCASE("three items") { expect_correct_with_either_barrier<tiny_pool<1, 1, 0, locked_queue>>({.items = 3}, 10); }
}

TEST_CASE("idle: one worker, two submitters") {
  SUBCASE("one item each") { expect_correct_with_either_barrier<tiny_pool<2, 1, 0, bit_queue>>({.items = 2}, 10); }
}

TEST_CASE("idle: two workers") {
  SUBCASE("one item") { expect_correct_with_either_barrier<tiny_pool<1, 2, 0, bit_queue>>({.items = 1}, 10); }
  SUBCASE("one item, asleep") { expect_correct_with_either_barrier<tiny_pool<1, 2, 0, bit_queue>>({.items = 1, .all_asleep = true}, 10); }
  SUBCASE("two items, asleep") { expect_correct_with_either_barrier<tiny_pool<1, 2, 0, bit_queue>>({.items = 2, .all_asleep = true}, 10); }
}

TEST_CASE("idle: closing dismisses everyone, when all work is done") {
  SUBCASE("one worker") { expect_correct_with_either_barrier<tiny_pool<1, 1, 0, locked_queue>>({.items = 1, .closes = true}, 10); }
  SUBCASE("one worker, two items") { expect_correct_with_either_barrier<tiny_pool<1, 1, 0, locked_queue>>({.items = 2, .closes = true}, 10); }
  SUBCASE("two workers, nothing to do") { expect_correct_with_either_barrier<tiny_pool<1, 2, 0, bit_queue>>({.items = 0, .closes = true}, 10); }
  SUBCASE("two workers, asleep") { expect_correct_with_either_barrier<tiny_pool<1, 2, 0, bit_queue>>({.items = 1, .closes = true, .all_asleep = true}, 10); }
}
