// SPDX-License-Identifier: Apache-2.0
// What a channel does when the move of an item throws.
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <clotho/sched/channel.hpp>
#include <clotho/sched/select.hpp>
#include <clotho/sched/task.hpp>

#include "support/coroutines.hpp"

using clotho::channel;
using clotho::reader;
using clotho::task;
using clotho::writer;
using clotho::test::begin;

namespace {

int moves_until_failure = -1;

/// An int whose move throws when told so, and leaves the original alone.
struct fragile {
  explicit fragile(int v) : value(v) {}
  fragile(fragile&& other) : value(other.value) {
    if (moves_until_failure >= 0 && moves_until_failure-- == 0) throw std::runtime_error("broken");
  }
  int value;
};

void fail_next_move() { moves_until_failure = 0; }

task<> note_send(writer<fragile>& to, int value, std::string& note) {
  fragile item(value);
  try {
    co_await to.async_send(std::move(item));
    note = "sent";
  } catch (const std::runtime_error& failure) {
    note = failure.what();
  }
}

task<> note_receive(reader<fragile>& from, std::string& note) {
  try {
    note = "got " + std::to_string((co_await from.async_receive()).value);
  } catch (const std::runtime_error& failure) {
    note = failure.what();
  }
}

task<> note_select(reader<fragile>& from, writer<fragile>& to, std::string& note) {
  co_await clotho::async_select(
      clotho::in(from, [&](fragile item) { note = "got " + std::to_string(item.value); }),
      clotho::out(to, fragile(9), [&] { note = "sent 9"; }));
}

} // namespace

TEST_CASE("a move that throws fails the operation whose thread moves, and nothing is lost") {
  channel<fragile> c;
  auto in = c.reader();
  auto out = c.writer();
  std::string note;

  SUBCASE("a receiver takes from a waiting sender, who waits on") {
    begin(note_send(out, 1, note));
    fail_next_move();
    CHECK_THROWS_WITH((void)in.try_receive(), "broken");
    CHECK(note.empty());
    CHECK(in.try_receive()->value == 1);
    CHECK(note == "sent");
  }
  SUBCASE("a sender gives to a waiting receiver, who waits on") {
    begin(note_receive(in, note));
    fragile item(2);
    fail_next_move();
    CHECK_THROWS_WITH((void)out.try_send(item), "broken");
    CHECK(note.empty());
    CHECK(out.try_send(item));
    CHECK(note == "got 2");
  }
}

TEST_CASE("a move that throws leaves a waiting select open on all its channels") {
  channel<fragile> a, b;
  auto in = a.reader(), from_b = b.reader();
  auto out = a.writer(), to_b = b.writer();
  std::string note;
  begin(note_select(in, to_b, note));
  fragile item(3);

  SUBCASE("the channel where it happened") {
    fail_next_move();
    CHECK_THROWS_WITH((void)out.try_send(item), "broken");
    CHECK(note.empty());
    CHECK(out.try_send(item));
    CHECK(note == "got 3");
    CHECK_FALSE(from_b.try_receive()); // the other guard is withdrawn
  }
  SUBCASE("another channel") {
    fail_next_move();
    CHECK_THROWS_WITH((void)out.try_send(item), "broken");
    CHECK(from_b.try_receive()->value == 9);
    CHECK(note == "sent 9");
    CHECK_FALSE(out.try_send(item));
  }
}

TEST_CASE("a move that throws in a buffered channel") {
  channel<fragile> c(1);
  auto in = c.reader();
  auto out = c.writer();
  fragile first(1);
  std::string note;

  SUBCASE("into the buffer: the sender fails, the buffer is as before") {
    fail_next_move();
    CHECK_THROWS_WITH((void)out.try_send(first), "broken");
    CHECK_FALSE(in.try_receive());
    CHECK(out.try_send(first));
  }
  SUBCASE("out of the buffer: the receiver fails, the item stays") {
    CHECK(out.try_send(first));
    fail_next_move();
    CHECK_THROWS_WITH((void)in.try_receive(), "broken");
    CHECK(in.try_receive()->value == 1);
  }
  SUBCASE("when a waiting sender gets the place of what was received: that sender fails, the next gets it") {
    CHECK(out.try_send(first));
    std::string next;
    begin(note_send(out, 2, note));
    begin(note_send(out, 3, next));
    moves_until_failure = 1; // the first takes item 1 out
    CHECK(in.try_receive()->value == 1);
    CHECK(note == "broken");
    CHECK(next == "sent");
    CHECK(in.try_receive()->value == 3);
  }
}

TEST_CASE("a select fails with the move, and has not happened") {
  channel<fragile> a(1), b(1);
  auto in = a.reader();
  auto out = b.writer();
  auto offered = clotho::out(out, fragile(5));
  fail_next_move();
  CHECK_THROWS_WITH(clotho::select(offered), "broken");
  CHECK_FALSE(b.reader().try_receive());
}
