// SPDX-License-Identifier: Apache-2.0
// Every execution of small scenarios on the deque, under the C++ memory model.
#include <doctest/doctest.h>

#include <array>
#include <span>
#include <string_view>

#include <clotho/sched/detail/deque.hpp>

#include "sched/model/broken_atomics.hpp"
#include "sched/model/expect.hpp"

using namespace clotho;
using model::broken_atomics;
using model::expect_correct;
using model::expect_violation;
using model::explore;
using model::flaw;
using model::require;

namespace {

/// What the threads do. The owner: `+` pushes, first taking out the oldest half when the deque is full, `-`
/// pops, `o` takes out up to two of the oldest; then it pops the rest. Each thief tries to steal some times.
struct roles {
  std::string_view owner;
  std::array<unsigned, 2> steals{};
};

template <std::size_t Capacity, unsigned Thieves, class Atomics = model::atomics> struct on_deque {
  static constexpr unsigned threads = 1 + Thieves;
  static constexpr int most = 6;

  struct item {
    int number = 0;
    model::variable<int> content{0};
  };

  explicit on_deque(roles r) : role(r) {
    for (int i = 0; i < most; ++i) {
      items[static_cast<std::size_t>(i)].number = i;
      model::name_value(&items[static_cast<std::size_t>(i)], "item " + std::to_string(i));
    }
  }

  /// Runs it, so to speak: reads what was written before it was pushed, and releases it.
  void take(item& taken) {
    require(taken.content.read() == 100 + taken.number, "an item's content is not what was written");
    taken.content.end();
    ++times_taken[static_cast<std::size_t>(taken.number)];
  }

  void run(unsigned thread) { thread == 0 ? own() : steal(role.steals[thread - 1]); }

  void own() {
    for (const char step : role.owner) {
      if (step == '+') push();
      if (step == '-') pop();
      if (step == 'o') take_oldest(2);
    }
    while (pop()) {
    }
    require(deque.empty(), "the owner left something behind");
  }
  void push() {
    item& next = items[static_cast<std::size_t>(pushed)];
    next.content.write(100 + next.number);
    if (!deque.push(&next)) {
      take_oldest(std::max<std::size_t>(1, Capacity / 2));
      require(deque.push(&next), "full, after the oldest were taken out");
    }
    own_stack[static_cast<std::size_t>(depth++)] = pushed++;
  }
  bool pop() {
    item* const popped = deque.pop();
    if (popped == nullptr) {
      depth = 0; // all were stolen
      return false;
    }
    require(depth > 0 && popped->number == own_stack[static_cast<std::size_t>(--depth)],
            "the owner got something else than what it pushed last");
    take(*popped);
    return true;
  }
  void take_oldest(std::size_t count) {
    std::array<item*, most> oldest{};
    const std::size_t taken = deque.take_oldest(std::span(oldest).first(count));
    for (std::size_t i = 0; i < taken; ++i) {
      require(i == 0 || oldest[i - 1]->number < oldest[i]->number, "the oldest come in the wrong order");
      take(*oldest[i]);
    }
  }
  void steal(unsigned tries) {
    int last = -1;
    for (unsigned i = 0; i < tries; ++i) {
      item* const stolen = deque.steal();
      if (stolen == nullptr) continue;
      require(stolen->number > last, "a thief got an older item after a younger one");
      last = stolen->number;
      take(*stolen);
    }
  }

  void finished() {
    for (int i = 0; i < most; ++i)
      require(times_taken[static_cast<std::size_t>(i)] == (i < pushed ? 1 : 0),
              "an item was lost, or taken twice");
  }

  model::names named{"bottom_", "top_", "slot 0", "slot 1", "slot 2", "slot 3"};
  detail::deque<item, Capacity, Atomics> deque;
  model::names contents{"item 0", "item 1", "item 2", "item 3", "item 4", "item 5"};
  std::array<item, most> items;
  roles role;
  std::array<int, most> times_taken{};
  std::array<int, most> own_stack{}; // what the owner pushed and did not pop
  int depth = 0, pushed = 0;         // the owner's
};

} // namespace

TEST_CASE("deque: alone, the owner gets what it pushed last, and the oldest first when it asks for those") {
  expect_correct(explore<on_deque<4, 0>>({}, roles{"+++--+o-++"}), 30);
}

TEST_CASE("deque: beside a thief, every item is taken once, with what was written into it") {
  SUBCASE("one item") { expect_correct(explore<on_deque<4, 1>>({}, roles{"+", {2}}), 300); }
  SUBCASE("two items") { expect_correct(explore<on_deque<4, 1>>({}, roles{"++", {2}}), 700); }
  SUBCASE("three items") { expect_correct(explore<on_deque<4, 1>>({}, roles{"+++", {3}}), 5000); }
  SUBCASE("pushed and popped by turns") {
    expect_correct(explore<on_deque<4, 1>>({}, roles{"+-+-+", {3}}), 20000);
  }
  SUBCASE("pushed again where one was popped") {
    expect_correct(explore<on_deque<4, 1>>({}, roles{"++-+", {3}}), 6000);
  }
}

TEST_CASE("deque: beside two thieves") {
  SUBCASE("one item") { expect_correct(explore<on_deque<4, 2>>({}, roles{"+", {1, 1}}), 1000); }
  SUBCASE("two items") { expect_correct(explore<on_deque<4, 2>>({}, roles{"++", {1, 1}}), 3000); }
  SUBCASE("two items, one twice") { expect_correct(explore<on_deque<4, 2>>({}, roles{"++", {2, 1}}), 10000); }
  SUBCASE("three items") { expect_correct(explore<on_deque<4, 2>>({}, roles{"+++", {2, 1}}), 50000); }
  SUBCASE("by turns") { expect_correct(explore<on_deque<4, 2>>({}, roles{"+-+", {2, 1}}), 50000); }
}

TEST_CASE("deque: a slot is used again only after it was read") {
  SUBCASE("two slots, three items") { expect_correct(explore<on_deque<2, 1>>({}, roles{"+++", {2}}), 4000); }
  SUBCASE("two slots, four items") { expect_correct(explore<on_deque<2, 1>>({}, roles{"++++", {3}}), 60000); }
  SUBCASE("one slot") { expect_correct(explore<on_deque<1, 1>>({}, roles{"+++", {3}}), 20000); }
  SUBCASE("two slots, two thieves") {
    expect_correct(explore<on_deque<2, 2>>({}, roles{"+++", {1, 1}}), 20000);
  }
}

TEST_CASE("deque: the owner may take out the oldest beside thieves") {
  SUBCASE("two") { expect_correct(explore<on_deque<4, 1>>({}, roles{"++o", {2}}), 600); }
  SUBCASE("three") { expect_correct(explore<on_deque<4, 1>>({}, roles{"+++o", {2}}), 1000); }
  SUBCASE("three, two thieves") { expect_correct(explore<on_deque<4, 2>>({}, roles{"+++o", {1, 1}}), 9000); }
  SUBCASE("then push") { expect_correct(explore<on_deque<2, 1>>({}, roles{"++o+", {2}}), 2000); }
}

TEST_CASE("deque: the checker finds what is wrong with broken ones") {
  SUBCASE("pop without an exchange") {
    expect_violation(
        explore<on_deque<4, 1, broken_atomics<flaw::exchange_is_a_store>>>({}, roles{"++", {2}}));
  }
  SUBCASE("steal with a load and a store") {
    expect_violation(
        explore<on_deque<4, 1, broken_atomics<flaw::torn_compare_exchange>>>({}, roles{"+", {1}}));
  }
  SUBCASE("push without release") {
    expect_violation(explore<on_deque<4, 1, broken_atomics<flaw::stores_are_relaxed>>>({}, roles{"+", {1}}),
                     "data race on item 0");
  }
  SUBCASE("no sequential consistency") {
    expect_violation(
        explore<on_deque<4, 1, broken_atomics<flaw::nothing_is_sequential>>>({}, roles{"++", {2}}));
  }
}
