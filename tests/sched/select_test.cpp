// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <clotho/sched/select.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/timer.hpp>

#include "support/coroutines.hpp"
#include "support/refusal.hpp"

using namespace std::chrono_literals;
using clotho::by_priority;
using clotho::channel;
using clotho::fair;
using clotho::in;
using clotho::on;
using clotho::out;
using clotho::reader;
using clotho::select;
using clotho::skip;
using clotho::stopped;
using clotho::task;
using clotho::timeout;
using clotho::when;
using clotho::writer;
using clotho::test::begin;
using clotho::test::refusal;

namespace {

/// Becomes ready when told so; the least that on() accepts.
class promise_like {
 public:
  [[nodiscard]] bool ready() const { return ready_; }
  bool on_ready(clotho::detail::waiter& who) {
    if (ready_) return false;
    waiters_.push_back(&who);
    return true;
  }
  bool forget(clotho::detail::waiter& who) { return std::erase(waiters_, &who) == 1; }

  void set() {
    ready_ = true;
    for (auto* each : std::exchange(waiters_, {})) each->wake();
  }
  /// Between these two, it is about to wake those who wait.
  std::vector<clotho::detail::waiter*> start_setting() {
    ready_ = true;
    return std::exchange(waiters_, {});
  }
  [[nodiscard]] std::size_t waiters() const { return waiters_.size(); }

 private:
  bool ready_ = false;
  std::vector<clotho::detail::waiter*> waiters_;
};

/// Selects once, and notes the index, or the error.
template <class... Guards> task<> note_select(std::string& note, Guards... guards) {
  try {
    note = std::to_string(co_await clotho::async_select(std::move(guards)...));
  } catch (const clotho::error& failure) {
    note = failure.what();
  }
}

struct two_channels {
  channel<int> a{std::string("a")}, b{2, "b"};
  reader<int> from_a = a.reader(), from_b = b.reader();
  writer<int> to_a = a.writer(), to_b = b.writer();
  int got = 0;
};

} // namespace

TEST_CASE_FIXTURE(two_channels, "select commits a guard that is ready") {
  to_b.send(4);
  CHECK(select(in(from_a, got), in(from_b, got)) == 1);
  CHECK(got == 4);
  int acted = 0;
  CHECK(select(in(from_b, got), out(to_b, 5, [&] { ++acted; })) == 1);
  CHECK(acted == 1);
  CHECK(select(in(from_b, [&](int item) { acted = item; })) == 0);
  CHECK(acted == 5);
}

TEST_CASE_FIXTURE(two_channels, "select waits until a guard is ready, and withdraws the others") {
  std::string note;
  SUBCASE("input") {
    begin(note_select(note, in(from_a, got), in(from_b, got)));
    CHECK(note.empty());
    to_b.send(6);
    CHECK(note == "1");
    CHECK(got == 6);
    int value = 0;
    CHECK_FALSE(to_a.try_send(value));
  }
  SUBCASE("output") {
    begin(note_select(note, in(from_b, got), out(to_a, 7)));
    CHECK(from_a.try_receive() == 7);
    CHECK(note == "1");
    to_b.send(1);
    CHECK(from_b.try_receive() == 1);
  }
  SUBCASE("both ends of one channel: never with itself") {
    std::string other;
    begin(note_select(note, in(from_a, got), out(to_a, 8)));
    CHECK(note.empty());
    begin(note_select(other, out(to_a, 9), in(from_a, got)));
    CHECK(note + other == (note == "0" ? "00" : "11"));
  }
}

TEST_CASE_FIXTURE(two_channels, "by priority: the first that is ready") {
  for (int i = 0; i < 100; ++i) {
    to_b.send(1);
    CHECK(select(by_priority, in(from_a, got), in(from_b, got), skip()) == 1);
  }
  to_b.send(1);
  CHECK(select(by_priority, skip(), in(from_b, got)) == 0);
}

TEST_CASE("fairly: no guard that is ready starves") {
  channel<int> a(1000), b(1000), never;
  const auto from_a = a.reader(), from_b = b.reader(), from_never = never.reader();
  const auto to_a = a.writer(), to_b = b.writer();
  for (int i = 0; i < 1000; ++i) to_a.send(i), to_b.send(i);
  int got = 0;
  int commits[3] = {};

  SUBCASE("by chance") {
    for (int i = 0; i < 1000; ++i)
      ++commits[select(fair, in(from_a, got), in(from_never, got), in(from_b, got))];
    CHECK(commits[0] > 200); // a third of the draws begin at each of them
    CHECK(commits[2] > 200);
  }
  SUBCASE("by rotation, which is exact") {
    clotho::rotation turn;
    for (int i = 0; i < 1000; ++i) {
      ++commits[select(turn, in(from_a, got), in(from_never, got), in(from_b, got))];
      CHECK(commits[0] - commits[2] == (i % 2 == 0 ? 1 : 0));
    }
  }
}

TEST_CASE_FIXTURE(two_channels, "skip and time-outs that are over commit only when nothing else is ready") {
  CHECK(select(skip(), in(from_b, got)) == 0);
  CHECK(select(timeout(-1h), in(from_b, got)) == 0);
  CHECK(select(in(from_b, got), timeout(0s)) == 1);
  to_b.send(1);
  CHECK(select(skip(), in(from_b, got)) == 1);
  to_b.send(1);
  CHECK(select(timeout(-1h), in(from_b, got)) == 1);
}

TEST_CASE_FIXTURE(two_channels, "the earliest time-out ends the wait") {
  int which = 0;
  CHECK(select(in(from_a, got), timeout(1h), timeout(1ms, [&] { which = 2; })) == 2);
  CHECK(which == 2);
  int value = 0;
  CHECK_FALSE(to_a.try_send(value)); // nobody waits there any more
}

TEST_CASE_FIXTURE(two_channels, "a time-out by a timer ends the wait of a coroutine") {
  clotho::timer clock;
  CHECK(clotho::sync_wait(clotho::async_select(in(from_a, got), timeout(clock, 1ms))) == 1);
  to_b.send(1);
  CHECK(clotho::sync_wait(clotho::async_select(in(from_b, got), timeout(clock, 1h))) == 0);
  CHECK(clotho::sync_wait(clotho::async_select(in(from_b, got), timeout(clock, -1h))) == 1);
  std::string note;
  begin(note_select(note, timeout(clock, 1h), in(from_b, got)));
  to_b.send(1);
  CHECK(note == "1");
}

TEST_CASE_FIXTURE(two_channels, "a future is a guard") {
  promise_like future;
  std::string note;
  SUBCASE("ready before") {
    future.set();
    CHECK(select(in(from_a, got), on(future)) == 1);
  }
  SUBCASE("ready later") {
    begin(note_select(note, in(from_a, got), on(future)));
    CHECK(note.empty());
    future.set();
    CHECK(note == "1");
  }
  SUBCASE("forgotten when another guard commits") {
    begin(note_select(note, in(from_b, got), on(future)));
    CHECK(future.waiters() == 1);
    to_b.send(1);
    CHECK(note == "0");
    CHECK(future.waiters() == 0);
  }
  SUBCASE("becomes ready while another guard commits: does no harm") {
    begin(note_select(note, in(from_b, got), on(future)));
    const auto about_to_wake = future.start_setting();
    to_b.send(1);
    CHECK(note == "0");
    for (auto* each : about_to_wake) each->wake();
    CHECK(note == "0");
  }
}

TEST_CASE_FIXTURE(two_channels, "a stop token is a guard") {
  std::stop_source source;
  std::string note;
  SUBCASE("stopped before") {
    source.request_stop();
    CHECK(select(in(from_a, got), stopped(source.get_token())) == 1);
  }
  SUBCASE("stopped later") {
    begin(note_select(note, in(from_a, got), stopped(source.get_token())));
    source.request_stop();
    CHECK(note == "1");
  }
  SUBCASE("stopped by another thread") {
    std::thread stopper([&] { source.request_stop(); });
    CHECK(select(in(from_a, got), stopped(source.get_token())) == 1);
    stopper.join();
  }
}

TEST_CASE_FIXTURE(two_channels, "a coroutine that is asked to stop leaves its select") {
  std::stop_source source;
  std::string note;
  SUBCASE("while it waits") {
    begin(note_select(note, in(from_a, got), in(from_b, got)).stop_with(source.get_token()));
    CHECK(note.empty());
    source.request_stop();
    CHECK(note == "asked to stop while waiting in a select");
    int value = 1;
    CHECK_FALSE(to_a.try_send(value));
  }
  SUBCASE("before: only if nothing is ready") {
    source.request_stop();
    begin(note_select(note, in(from_a, got)).stop_with(source.get_token()));
    CHECK(note == "asked to stop while waiting in a select");
    begin(note_select(note, in(from_a, got), skip()).stop_with(source.get_token()));
    CHECK(note == "1");
  }
  SUBCASE("it is no guard by itself") {
    begin(note_select(note, when(false, skip())).stop_with(source.get_token()));
    CHECK(note == "select: no guard is enabled, so that it would wait for ever");
  }
}

TEST_CASE_FIXTURE(two_channels, "a condition disables a guard and keeps the indexes") {
  CHECK(select(when(false, skip()), when(true, skip())) == 1);
  auto guard = skip();
  CHECK(select(when(false, guard), skip()) == 1);
  CHECK(select(by_priority, when(true, guard), skip()) == 0);
}

TEST_CASE_FIXTURE(two_channels, "a select that would wait for ever is refused") {
  const std::string refused = "select: no guard is enabled, so that it would wait for ever";
  CHECK(refusal([&] { select(when(false, in(from_a, got)), when(false, skip())); }) == refused);
  CHECK(refusal([&] { select(); }) == refused);
  CHECK(refusal([&] { select(stopped({})); }) == refused);
  CHECK(refusal([&] { clotho::sync_wait(clotho::async_select(when(false, skip()))); }) == refused);
  from_a.retire();
  CHECK(refusal([&] { select(in(from_a, got), skip()); })
        == "this reader has left its channel or was moved from");
}

TEST_CASE_FIXTURE(two_channels, "a guard on a channel that has ended is ready, and throws") {
  std::string note;
  SUBCASE("before") {
    to_a.retire();
    CHECK(refusal([&] { select(in(from_a, got), in(from_b, got)); })
          == "cannot receive from channel 'a': its last writer has left");
    CHECK(select(when(false, in(from_a, got)), skip()) == 1);
  }
  SUBCASE("while it waits") {
    begin(note_select(note, in(from_b, got), out(to_a, 1)));
    a.poison();
    CHECK(note == "cannot send to channel 'a': it was poisoned");
    begin(note_select(note = "", in(from_b, got)));
    to_b.retire();
    CHECK(note == "cannot receive from channel 'b': its last writer has left");
  }
}

TEST_CASE("a value that is not sent stays in its guard") {
  channel<std::unique_ptr<int>> c(1);
  const auto to = c.writer();
  auto guard = out(to, std::make_unique<int>(3));
  to.send(nullptr);
  CHECK(select(guard, skip()) == 1);
  CHECK(*guard.value() == 3);
  const auto from = c.reader();
  (void)from.receive();
  CHECK(select(guard, skip()) == 0);
  CHECK(*from.receive() == 3);
}

TEST_CASE_FIXTURE(two_channels, "what an action throws is passed on, after the commitment") {
  to_b.send(1);
  CHECK_THROWS_AS(select(in(from_b, [](int) { throw std::string("action"); })), std::string);
  CHECK_FALSE(from_b.try_receive());
}

TEST_CASE("select_any receives from any of many readers") {
  std::vector<std::unique_ptr<channel<int>>> channels;
  std::vector<reader<int>> readers(1); // one that has left
  for (int i = 0; i < 100; ++i) {
    channels.push_back(std::make_unique<channel<int>>(1));
    readers.push_back(channels.back()->reader());
  }
  std::vector<writer<int>> writers;
  for (const auto& each : channels) writers.push_back(each->writer());
  writers[41].send(7);
  const auto [index, item] = clotho::select_any(readers);
  CHECK(index == 42);
  CHECK(item == 7);

  writers[5].send(1);
  writers[3].send(2);
  CHECK(clotho::select_any(by_priority, readers).item == 2);
  writers.resize(1); // the others retire
  CHECK(clotho::select_any(readers).item == 1);
  std::thread late([out = std::move(writers[0])] { out.send(9); });
  writers.clear();
  CHECK(clotho::select_any(readers).item == 9);
  late.join();
  CHECK(refusal([&] { clotho::select_any(readers); })
        == "cannot receive from any of 101 channels: all are retired");
}
