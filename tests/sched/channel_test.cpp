// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <clotho/sched/channel.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>

#include "support/coroutines.hpp"
#include "support/refusal.hpp"

using namespace std::chrono_literals;
using clotho::channel;
using clotho::channel_poisoned;
using clotho::channel_retired;
using clotho::reader;
using clotho::task;
using clotho::writer;
using clotho::test::begin;
using clotho::test::refusal;

namespace {

/// Receives once and notes what came, or the error.
task<> note_receive(reader<int>& from, std::vector<std::string>& notes) {
  try {
    notes.push_back("got " + std::to_string(co_await from.async_receive()));
  } catch (const channel_poisoned&) {
    notes.push_back("poisoned");
  } catch (const channel_retired&) {
    notes.push_back("retired");
  }
}

task<> note_send(writer<int>& to, int value, std::vector<std::string>& notes) {
  try {
    co_await to.async_send(value);
    notes.push_back("sent " + std::to_string(value));
  } catch (const channel_poisoned&) {
    notes.push_back("poisoned");
  } catch (const channel_retired&) {
    notes.push_back("retired");
  }
}

using notes_t = std::vector<std::string>;

} // namespace

TEST_CASE("without a buffer sender and receiver meet") {
  channel<int> c;
  auto in = c.reader();
  auto out = c.writer();
  int value = 1;
  notes_t notes;

  SUBCASE("nobody waits: neither can go on") {
    CHECK_FALSE(out.try_send(value));
    CHECK_FALSE(in.try_receive());
  }
  SUBCASE("a reader waits: sending succeeds at once") {
    begin(note_receive(in, notes));
    CHECK(notes.empty());
    CHECK(out.try_send(value));
    CHECK(notes == notes_t{"got 1"});
  }
  SUBCASE("a writer waits: receiving succeeds at once") {
    begin(note_send(out, 7, notes));
    CHECK(notes.empty());
    CHECK(in.try_receive() == 7);
    CHECK(notes == notes_t{"sent 7"});
  }
  SUBCASE("threads block until they meet") {
    std::thread sender([&] { out.send(5); });
    CHECK(in.receive() == 5);
    sender.join();
  }
  SUBCASE("threads meet coroutines") {
    std::thread sender([&] { out.send(6); });
    CHECK(clotho::sync_wait(in.async_receive()) == 6);
    sender.join();
  }
}

TEST_CASE("a buffer holds as many items as its capacity") {
  for (const std::size_t capacity : {1u, 2u, 7u, 1000u}) {
    CAPTURE(capacity);
    channel<int> c(capacity);
    auto in = c.reader();
    auto out = c.writer();
    for (int round = 0; round < 3; ++round) { // so that it wraps round
      int value = 0;
      for (std::size_t i = 0; i < capacity; ++i, ++value) REQUIRE(out.try_send(value));
      CHECK_FALSE(out.try_send(value));
      notes_t notes;
      begin(note_send(out, value, notes)); // waits until there is a place
      CHECK(notes.empty());
      for (std::size_t i = 0; i <= capacity; ++i) {
        CHECK(in.try_receive() == static_cast<int>(i));
        CHECK(notes.size() == 1);
      }
      CHECK_FALSE(in.try_receive());
    }
  }
}

TEST_CASE("who waits first is served first") {
  channel<int> c;
  auto in = c.reader();
  auto out = c.writer();
  notes_t notes;
  SUBCASE("readers") {
    notes_t first, second, third;
    begin(note_receive(in, first));
    begin(note_receive(in, second));
    begin(note_receive(in, third));
    for (int i = 1; i <= 3; ++i) out.send(i);
    CHECK(first == notes_t{"got 1"});
    CHECK(second == notes_t{"got 2"});
    CHECK(third == notes_t{"got 3"});
  }
  SUBCASE("writers") {
    for (int i = 1; i <= 3; ++i) begin(note_send(out, i, notes));
    for (int i = 1; i <= 3; ++i) CHECK(in.receive() == i);
    CHECK(notes == notes_t{"sent 1", "sent 2", "sent 3"});
  }
}

TEST_CASE("a time-out that is over tries once") {
  channel<int> c(1);
  auto in = c.reader();
  auto out = c.writer();
  for (const auto timeout : {-1h, 0h, std::chrono::hours::min()}) {
    int value = 3;
    CHECK_FALSE(in.receive_for(timeout));
    CHECK(out.send_for(value, timeout));
    CHECK_FALSE(out.send_for(value, timeout));
    CHECK(in.receive_for(timeout) == 3);
  }
  CHECK_FALSE(in.receive_until(std::chrono::steady_clock::time_point::min()));
}

TEST_CASE("a time-out ends the wait and leaves nothing behind") {
  channel<std::unique_ptr<int>> c;
  auto in = c.reader();
  auto out = c.writer();
  auto value = std::make_unique<int>(1);
  CHECK_FALSE(in.receive_for(1ms));
  CHECK_FALSE(out.send_for(value, 1ms));
  CHECK(value);                     // what was not sent is kept
  CHECK_FALSE(in.try_receive());    // ... and no longer on offer
  CHECK_FALSE(out.try_send(value)); // nor does anybody wait for it
  std::thread sender([&] { CHECK(out.send_for(value, std::chrono::hours::max())); });
  CHECK(*in.receive_for(std::chrono::hours::max()).value() == 1);
  sender.join();
}

TEST_CASE("a coroutine that is asked to stop does not wait, and leaves nothing behind") {
  channel<int> c(0, "numbers");
  auto in = c.reader();
  auto out = c.writer();
  std::stop_source stop;
  std::string note;
  const auto receive = [&]() -> task<> {
    try {
      note = std::to_string(co_await in.async_receive());
    } catch (const clotho::cancelled_error& refused) {
      note = refused.what();
    }
  };
  const auto send = [&]() -> task<> {
    try {
      co_await out.async_send(1);
      note = "sent";
    } catch (const clotho::cancelled_error& refused) {
      note = refused.what();
    }
  };
  int value = 7;
  SUBCASE("while it waits") {
    begin(receive().stop_with(stop.get_token()));
    CHECK(note.empty());
    stop.request_stop();
    CHECK(note == "asked to stop while waiting to receive from channel 'numbers'");
    CHECK_FALSE(out.try_send(value));
  }
  SUBCASE("before it waits") {
    stop.request_stop();
    begin(send().stop_with(stop.get_token()));
    CHECK(note == "asked to stop while waiting to send to channel 'numbers'");
    CHECK_FALSE(in.try_receive());
  }
  SUBCASE("what can be done at once is done") {
    notes_t notes;
    begin(note_send(out, 3, notes));
    stop.request_stop();
    begin(receive().stop_with(stop.get_token()));
    CHECK(note == "3");
  }
  SUBCASE("too late") {
    begin(receive().stop_with(stop.get_token()));
    CHECK(out.try_send(value));
    stop.request_stop();
    CHECK(note == "7");
  }
}

TEST_CASE("the last writer retires the channel for the readers") {
  channel<int> c(2, "numbers");
  auto in = c.reader();
  auto out = c.writer();
  notes_t notes;

  SUBCASE("not before the last") {
    auto copy = out;
    out.retire();
    CHECK_FALSE(in.try_receive());
    copy.send(1);
    CHECK(in.receive() == 1);
  }
  SUBCASE("those who wait are told") {
    begin(note_receive(in, notes));
    begin(note_receive(in, notes));
    out = writer<int>(); // assignment leaves as well
    CHECK(notes == notes_t{"retired", "retired"});
  }
  SUBCASE("what is buffered is received first") {
    out.send(1);
    out.send(2);
    out.retire();
    CHECK(in.receive() == 1);
    CHECK(in.receive() == 2);
    CHECK(refusal([&] { in.receive(); })
          == "cannot receive from channel 'numbers': its last writer has left");
    CHECK_THROWS_AS((void)in.try_receive(), channel_retired);
    CHECK_THROWS_AS((void)in.receive_for(1h), channel_retired);
    CHECK_THROWS_AS(clotho::sync_wait(in.async_receive()), channel_retired);
  }
  SUBCASE("a coroutine finds nothing then") {
    out.send(1);
    out.send(2);
    out.retire();
    const auto add_all = [](reader<int> from) -> task<int> {
      int sum = 0;
      while (auto next = co_await from.async_next()) sum += *next;
      co_return sum;
    };
    CHECK(sync_wait(add_all(in)) == 3);
    CHECK(sync_wait(add_all(in)) == 0);
  }
  SUBCASE("a range ends there") {
    out.send(1);
    out.send(2);
    out.retire();
    int sum = 0;
    for (const int item : in) sum += item;
    CHECK(sum == 3);
  }
  SUBCASE("for good") {
    out.retire();
    CHECK(refusal([&] { c.writer().send(1); })
          == "cannot send to channel 'numbers': its last writer has left");
  }
}

TEST_CASE("the last reader retires the channel for the writers, at once") {
  const auto item = std::make_shared<int>(1);
  channel<std::shared_ptr<int>> c(1);
  auto in = c.reader();
  auto out = c.writer();
  out.send(item);
  CHECK(item.use_count() == 2);
  { const auto gone = std::move(in); }
  CHECK(item.use_count() == 1); // the buffer is dropped
  CHECK(refusal([&] { out.send(item); }) == "cannot send to an unnamed channel: its last reader has left");
  CHECK_THROWS_AS((void)c.reader().receive(), channel_retired);

  channel<int> rendezvous;
  auto last = rendezvous.reader();
  auto waiting = rendezvous.writer();
  notes_t notes;
  begin(note_send(waiting, 1, notes));
  last.retire();
  CHECK(notes == notes_t{"retired"});
}

TEST_CASE("a channel object that goes takes the place of the ends it has not made") {
  reader<int> in;
  {
    channel<int> c;
    in = c.reader();
    CHECK_FALSE(in.try_receive());
  }
  CHECK_THROWS_AS((void)in.receive(), channel_retired);

  writer<int> out;
  {
    channel<int> c(1);
    in = c.reader();
    out = c.writer();
  }
  out.send(1); // both ends exist: the channel lives on
  CHECK(in.receive() == 1);
}

TEST_CASE("poison ends both sides") {
  channel<int> c(2, "numbers");
  auto in = c.reader();
  auto out = c.writer();
  notes_t notes;

  SUBCASE("a writer's: after what is buffered") {
    out.send(1);
    out.send(2);
    begin(note_send(out, 3, notes));
    out.poison();
    CHECK(notes == notes_t{"poisoned"});
    CHECK(in.receive() == 1);
    CHECK(in.receive() == 2);
    CHECK(refusal([&] { in.receive(); }) == "cannot receive from channel 'numbers': it was poisoned");
  }
  SUBCASE("a reader's: at once") {
    out.send(1);
    in.poison();
    CHECK_THROWS_AS((void)in.try_receive(), channel_poisoned);
  }
  SUBCASE("the channel's: at once") {
    out.send(1);
    c.poison();
    CHECK_THROWS_AS((void)in.receive_for(1h), channel_poisoned);
  }
  SUBCASE("those who wait are told") {
    begin(note_receive(in, notes));
    begin(note_receive(in, notes));
    out.poison();
    CHECK(notes == notes_t{"poisoned", "poisoned"});
  }
  SUBCASE("a range throws it") {
    out.poison();
    CHECK_THROWS_AS(for (const int item : in)(void) item, channel_poisoned);
  }
  SUBCASE("it prevails over retirement") {
    out.retire();
    in.poison();
    CHECK_THROWS_AS((void)in.receive(), channel_poisoned);
  }
  CHECK(refusal([&] { c.writer().send(1); }) != "not refused");
}

TEST_CASE("an end that has left says so") {
  channel<int> c(1);
  auto in = c.reader();
  auto out = c.writer();
  const auto moved = std::move(out);
  in.retire();
  in.retire(); // once is enough
  CHECK_FALSE(in);
  CHECK(refusal([&] { in.receive(); }) == "this reader has left its channel or was moved from");
  CHECK(refusal([&] { out.send(1); }) == "this writer has left its channel or was moved from"); // NOLINT
  CHECK(moved);
}

TEST_CASE("ends travel through channels, also their own") {
  channel<reader<int>> ends(1);
  channel<int> c(1);
  c.writer().send(1);
  ends.writer().send(c.reader());
  CHECK(ends.reader().receive().receive() == 1);

  struct knot {
    reader<knot> end;
  };
  channel<knot> own(2);
  auto out = own.writer();
  out.send(knot{own.reader()});
  out.send(knot{own.reader()});
  own.poison(); // destroys the ends, which leave the channel while it is being poisoned
  CHECK_THROWS_AS(out.send(knot{}), channel_poisoned);
}
