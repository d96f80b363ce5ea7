// SPDX-License-Identifier: Apache-2.0
// Selects that meet selects over several channels, with time-outs, poison and retirement in between: every
// item whose sender was told that it was sent is received once, and no other.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include <clotho/sched/network.hpp>
#include <clotho/sched/select.hpp>
#include <clotho/sched/sync_wait.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <clotho/sched/timer.hpp>

#include "support/storm.hpp"

using namespace std::chrono_literals;
using clotho::channel;
using clotho::in;
using clotho::out;
using clotho::reader;
using clotho::task;
using clotho::timeout;
using clotho::when;
using clotho::writer;

namespace {

using package = std::unique_ptr<std::uint64_t>; // move-only: a copy cannot hide a loss

/// Sums over everything sent and received: equal exactly when nothing is lost or doubled, as near as makes no
/// difference.
struct totals {
  std::atomic<std::uint64_t> sent{0}, sent_sum{0}, sent_mix{0};
  std::atomic<std::uint64_t> received{0}, received_sum{0}, received_mix{0};

  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    return x ^ (x >> 31);
  }
  void note_sent(std::uint64_t x) { ++sent, sent_sum += x, sent_mix += mix(x); }
  void note_received(std::uint64_t x) { ++received, received_sum += x, received_mix += mix(x); }
};

/// A participant that holds both ends of three channels, and offers to receive or send on any of them.
class player {
  // Values of guards that do not commit are used again, so that they must not arrive.
  package make(unsigned i) { return std::make_unique<std::uint64_t>(next_ + i); }
  auto sent(unsigned i) {
    return [this, i] {
      sums_.note_sent(next_ + i);
      next_ += 3;
    };
  }
  auto keep() {
    return [this](package arrived) { sums_.note_received(*arrived); };
  }

 public:
  player(std::deque<channel<package>>& channels, unsigned self, totals& sums)
      : sums_(sums), random_(self), next_(std::uint64_t{self} << 40) {
    for (channel<package>& each : channels) {
      from_.push_back(each.reader());
      to_.push_back(each.writer());
    }
  }

  /// One select in this thread. False: all channels have ended.
  bool play() {
    decide();
    if (!open_[0] && !open_[1] && !open_[2]) return false;
    try {
      clotho::select(when(receives(0), in(from_[0], keep())), when(sends(0), out(to_[0], make(0), sent(0))),
                     when(receives(1), in(from_[1], keep())), when(sends(1), out(to_[1], make(1), sent(1))),
                     when(receives(2), in(from_[2], keep())), when(sends(2), out(to_[2], make(2), sent(2))),
                     timeout(patience()));
    } catch (const clotho::channel_closed& ended) {
      note_end(ended);
    }
    return true;
  }

  /// The same in a coroutine.
  task<bool> play_async(clotho::timer& clock) {
    decide();
    if (!open_[0] && !open_[1] && !open_[2]) co_return false;
    try {
      co_await clotho::async_select(
          when(receives(0), in(from_[0], keep())), when(sends(0), out(to_[0], make(0), sent(0))),
          when(receives(1), in(from_[1], keep())), when(sends(1), out(to_[1], make(1), sent(1))),
          when(receives(2), in(from_[2], keep())), when(sends(2), out(to_[2], make(2), sent(2))),
          timeout(clock, patience()));
    } catch (const clotho::channel_closed& ended) {
      note_end(ended);
    }
    co_return true;
  }

  void poison_one() { to_[random_() % 3].poison(); }

 private:
  void decide() { choice_ = random_(); }
  [[nodiscard]] bool receives(unsigned i) const { return open_[i] && (choice_ >> i) % 2 == 0; }
  [[nodiscard]] bool sends(unsigned i) const { return open_[i] && (choice_ >> (i + 3)) % 2 == 0; }
  [[nodiscard]] std::chrono::microseconds patience() { return std::chrono::microseconds(random_() % 50); }

  void note_end(const clotho::channel_closed& ended) {
    const std::string text = ended.what();
    for (unsigned i = 0; i < 3; ++i)
      if (text.find("'" + std::to_string(i) + "'") != std::string::npos) open_[i] = false;
  }

  totals& sums_;
  std::vector<reader<package>> from_;
  std::vector<writer<package>> to_;
  std::minstd_rand random_;
  std::uint64_t next_;
  unsigned long choice_ = 0;
  bool open_[3] = {true, true, true};
};

task<> play_rounds(std::unique_ptr<player> one, std::size_t rounds, clotho::timer& clock) {
  for (std::size_t i = 0; i < rounds; ++i)
    if (!co_await one->play_async(clock)) break;
}

/// What was buffered when the last player left is lost with the channel, so only rendezvous balance.
std::deque<channel<package>> three_channels() {
  std::deque<channel<package>> channels;
  for (int i = 0; i < 3; ++i) channels.emplace_back(0, std::to_string(i));
  return channels;
}

/// Becomes ready when told so, by any thread; wakes outside its lock, as futures do.
class flag {
 public:
  [[nodiscard]] bool ready() {
    const std::lock_guard lock(mutex_);
    return ready_;
  }
  bool on_ready(clotho::detail::waiter& who) {
    const std::lock_guard lock(mutex_);
    if (!ready_) waiters_.push_back(&who);
    return !ready_;
  }
  bool forget(clotho::detail::waiter& who) {
    const std::lock_guard lock(mutex_);
    return std::erase(waiters_, &who) == 1;
  }
  void set() {
    std::vector<clotho::detail::waiter*> told;
    {
      const std::lock_guard lock(mutex_);
      ready_ = true;
      told.swap(waiters_);
    }
    for (auto* each : told) each->wake();
  }

 private:
  std::mutex mutex_;
  bool ready_ = false;
  std::vector<clotho::detail::waiter*> waiters_;
};

void check_balance(const totals& sums) {
  CHECK(sums.sent > 0);
  CHECK(sums.sent == sums.received);
  CHECK(sums.sent_sum == sums.received_sum);
  CHECK(sums.sent_mix == sums.received_mix);
}

} // namespace

TEST_CASE("threads select among three channels") {
  constexpr std::size_t rounds = 10'000 / clotho::test::storm_divisor;
  for (const unsigned seed : {1u, 1000u}) {
    CAPTURE(seed);
    totals sums;
    auto channels = three_channels();
    std::vector<std::function<void()>> bodies;
    for (unsigned i = 0; i < 4; ++i)
      bodies.emplace_back([one = std::make_shared<player>(channels, seed + i, sums)] {
        for (std::size_t n = 0; n < rounds; ++n) one->play();
      });
    clotho::test::run_together(std::move(bodies));
    check_balance(sums);
  }
}

TEST_CASE("threads and coroutines select among three channels") {
  constexpr std::size_t rounds = 10'000 / clotho::test::storm_divisor;
  const unsigned seed = 7;
  CAPTURE(seed);
  totals sums;
  {
    clotho::timer clock;
    clotho::thread_pool pool(4);
    auto channels = three_channels();
    clotho::network all(pool, {.watch = clotho::deadlock_watch::never});
    for (unsigned i = 0; i < 8; ++i) {
      auto one = std::make_unique<player>(channels, seed + i, sums);
      if (i % 4 == 0)
        all.start("thread", [one = std::move(one)] {
          for (std::size_t n = 0; n < rounds; ++n) one->play();
        });
      else
        all.start("coroutine", play_rounds(std::move(one), rounds, clock));
    }
    all.join();
  }
  check_balance(sums);
}

TEST_CASE("channels are poisoned under selects") {
  for (unsigned seed = 0; seed < 60 / clotho::test::storm_divisor; ++seed) {
    CAPTURE(seed);
    totals sums;
    auto channels = three_channels();
    std::vector<std::function<void()>> bodies;
    for (unsigned i = 0; i < 4; ++i)
      bodies.emplace_back([one = std::make_shared<player>(channels, seed * 10 + i, sums), i] {
        for (std::size_t n = 0; one->play(); ++n)
          if (i == 0 && n % 50 == 40) one->poison_one();
      });
    clotho::test::run_together(std::move(bodies));
    CHECK(sums.sent == sums.received);
    CHECK(sums.sent_mix == sums.received_mix);
  }
}

TEST_CASE("futures, stops and time-outs race with a communication: one of them wins") {
  for (unsigned round = 0; round < 400 / clotho::test::storm_divisor; ++round) {
    CAPTURE(round);
    channel<int> c;
    const auto keep = c.writer(); // a sender who gives up does not retire it
    flag future;
    std::stop_source stop;
    bool sent = false;
    std::size_t committed = 9;
    int got = 0;
    const auto receive = [&](reader<int> from) {
      committed =
          clotho::select(in(from, got), clotho::on(future), clotho::stopped(stop.get_token()), timeout(1h));
    };
    const auto receive_async = [&](reader<int> from) -> task<> {
      committed =
          co_await clotho::async_select(in(from, got), clotho::on(future), clotho::stopped(stop.get_token()));
    };
    clotho::test::run_together({[&, from = c.reader()] {
                                  if (round % 2 == 0)
                                    receive(from);
                                  else
                                    clotho::sync_wait(receive_async(from));
                                },
                                [&, to = c.writer()] {
                                  int value = 5;
                                  sent = to.send_for(value, std::chrono::microseconds(round % 30));
                                },
                                [&] { future.set(); }, [&] { stop.request_stop(); }});
    CHECK(sent == (committed == 0));
    CHECK(got == (sent ? 5 : 0));
  }
}

TEST_CASE("a request to stop races with a delivery: the item is received or stays") {
  for (unsigned round = 0; round < 400 / clotho::test::storm_divisor; ++round) {
    CAPTURE(round);
    channel<int> c;
    const auto keep = c.writer(); // a sender who gives up does not retire it
    std::stop_source stop;
    bool sent = false, received = false;
    const auto receive = [&](reader<int> from) -> task<> {
      try {
        if (round % 2 == 0)
          co_await from.async_receive();
        else
          co_await clotho::async_select(in(from, [](int) {}));
        received = true;
      } catch (const clotho::cancelled_error&) {
      }
    };
    clotho::test::run_together(
        {[&, from = c.reader()] { clotho::sync_wait(receive(from).stop_with(stop.get_token())); },
         [&, to = c.writer()] {
           int value = 5;
           sent = to.send_for(value, std::chrono::microseconds(round % 30));
         },
         [&] { stop.request_stop(); }});
    CHECK(sent == received);
  }
}

TEST_CASE("writers retire while readers select, through buffers") {
  for (const std::size_t capacity : {0u, 1u, 2u, 7u, 1000u}) {
    constexpr std::size_t each = 10'000 / clotho::test::storm_divisor;
    CAPTURE(capacity);
    totals sums;
    std::deque<channel<package>> channels;
    for (int i = 0; i < 3; ++i) channels.emplace_back(capacity);
    std::vector<std::function<void()>> bodies;
    for (unsigned self = 0; self < 3; ++self) {
      // Sends each of its items to whichever of two channels takes it.
      bodies.emplace_back([a = channels[self].writer(), b = channels[(self + 1) % 3].writer(), self, &sums] {
        for (std::uint64_t n = 0; n < each; ++n) {
          const std::uint64_t value = (std::uint64_t{self} << 40) + n;
          clotho::select(out(a, std::make_unique<std::uint64_t>(value)),
                         out(b, std::make_unique<std::uint64_t>(value)));
          sums.note_sent(value);
        }
      });
    }
    for (unsigned self = 0; self < 2; ++self)
      bodies.emplace_back(
          [readers = std::vector{channels[0].reader(), channels[1].reader(), channels[2].reader()}, &sums] {
            try {
              for (;;) sums.note_received(*clotho::select_any(readers).item);
            } catch (const clotho::channel_retired&) { // all are
            }
          });
    clotho::test::run_together(std::move(bodies));
    CHECK(sums.sent == 3 * each);
    check_balance(sums);
  }
}
