// SPDX-License-Identifier: Apache-2.0
// Many writers and readers, threads and coroutines, on one channel: nothing is lost, nothing comes twice, and
// each reader sees the items of each writer in order.
#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include <clotho/sched/channel.hpp>
#include <clotho/sched/network.hpp>
#include <clotho/sched/task.hpp>
#include <clotho/sched/thread_pool.hpp>

#include "support/storm.hpp"

using clotho::channel;
using clotho::reader;
using clotho::task;
using clotho::writer;

namespace {

/// Move-only, so that a copy cannot hide a loss.
struct item {
  std::size_t writer;
  std::size_t number;
};
using package_ptr = std::unique_ptr<item>;

/// What arrived, over all readers.
class ledger {
 public:
  ledger(std::size_t writers, std::size_t per_writer)
      : seen_(writers * per_writer), writers_(writers), each_(per_writer) {}

  /// What one reader has seen.
  class page {
   public:
    explicit page(ledger& of) : of_(of), last_(of.writers_, 0) {}
    void note(package_ptr package) {
      const auto [from, number] = *package;
      if (number < last_[from]) ++of_.out_of_order;
      last_[from] = number + 1;
      if (of_.seen_[from * of_.each_ + number].fetch_add(1) != 0) ++of_.twice;
      ++of_.arrived;
    }

   private:
    ledger& of_;
    std::vector<std::size_t> last_; ///< of each writer: one past the latest
  };

  std::atomic<std::size_t> arrived{0}, twice{0}, out_of_order{0};

 private:
  std::vector<std::atomic<unsigned char>> seen_;
  std::size_t writers_, each_;
};

void write_all(const writer<package_ptr>& out, std::size_t self, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out.send(std::make_unique<item>(item{self, i}));
}
void read_all(const reader<package_ptr>& in, ledger& book) {
  ledger::page page(book);
  for (package_ptr& arrived : in) page.note(std::move(arrived));
}
task<> write_all_async(writer<package_ptr> out, std::size_t self, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) co_await out.async_send(std::make_unique<item>(item{self, i}));
}
task<> read_all_async(reader<package_ptr> in, ledger& book) {
  ledger::page page(book);
  for (;;) page.note(co_await in.async_receive()); // until the channel is retired
}

/// Half of each side are threads, half coroutines, or all are of one kind.
enum class kind { threads, coroutines, mixed };

void storm(std::size_t capacity, std::size_t writers, std::size_t readers, std::size_t total, kind of) {
  const std::size_t each = total / writers;
  CAPTURE(capacity);
  CAPTURE(writers);
  CAPTURE(readers);
  CAPTURE(static_cast<int>(of));
  ledger book(writers, each);
  {
    clotho::thread_pool pool(static_cast<unsigned>(writers + readers));
    channel<package_ptr> c(capacity);
    clotho::network all(pool, {.watch = clotho::deadlock_watch::never});
    const auto is_thread = [of](std::size_t i) {
      return of == kind::threads || (of == kind::mixed && i % 2 == 0);
    };
    // All writers before the first runs: it may be done, and so the last, before another is made.
    std::vector<writer<package_ptr>> ends(writers, c.writer());
    for (std::size_t i = 0; i < readers; ++i)
      if (is_thread(i))
        all.start("reader", [in = c.reader(), &book] { read_all(in, book); });
      else
        all.start("reader", read_all_async(c.reader(), book));
    for (std::size_t i = 0; i < writers; ++i)
      if (is_thread(i))
        all.start("writer", [out = std::move(ends[i]), i, each] { write_all(out, i, each); });
      else
        all.start("writer", write_all_async(std::move(ends[i]), i, each));
    all.join();
  }
  CHECK(book.arrived == writers * each);
  CHECK(book.twice == 0);
  CHECK(book.out_of_order == 0);
}

} // namespace

TEST_CASE("a storm through a rendezvous") {
  const std::size_t total = 240'000 / clotho::test::storm_divisor;
  storm(0, 1, 1, total / 8, kind::threads);
  storm(0, 4, 4, total / 8, kind::threads);
  storm(0, 1, 1, total, kind::coroutines);
  storm(0, 4, 3, total, kind::coroutines);
  storm(0, 3, 4, total / 4, kind::mixed);
}

TEST_CASE("a storm through buffers") {
  const std::size_t total = 40'000 / clotho::test::storm_divisor;
  for (const std::size_t capacity : {1u, 2u, 7u, 1000u}) {
    storm(capacity, 4, 4, total, kind::threads);
    storm(capacity, 4, 4, total, kind::coroutines);
    storm(capacity, 1, 3, total, kind::mixed);
    storm(capacity, 3, 1, total, kind::mixed);
  }
}

TEST_CASE("time-outs race with deliveries") {
  for (const std::size_t capacity : {0u, 2u}) {
    constexpr std::size_t each = 20'000 / clotho::test::storm_divisor, writers = 2;
    CAPTURE(capacity);
    ledger book(writers, each);
    channel<package_ptr> c(capacity);
    std::vector<std::function<void()>> bodies;
    for (std::size_t self = 0; self < writers; ++self)
      bodies.emplace_back([out = c.writer(), self] {
        std::minstd_rand random(static_cast<unsigned>(self));
        for (std::size_t i = 0; i < each; ++i) {
          auto next = std::make_unique<item>(item{self, i});
          while (!out.send_for(next, std::chrono::microseconds(random() % 20))) {
          }
        }
      });
    for (unsigned self = 0; self < 2; ++self)
      bodies.emplace_back([in = c.reader(), self, &book] {
        std::minstd_rand random(self + 100);
        ledger::page page(book);
        try {
          for (;;)
            if (auto arrived = in.receive_for(std::chrono::microseconds(random() % 20)))
              page.note(*std::move(arrived));
        } catch (const clotho::channel_retired&) { // all writers are done
        }
      });
    clotho::test::run_together(std::move(bodies));
    CHECK(book.arrived == writers * each);
    CHECK(book.twice == 0);
    CHECK(book.out_of_order == 0);
  }
}

TEST_CASE("what was sent before poison took effect was received, in a rendezvous") {
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    channel<std::size_t> c;
    std::atomic<std::size_t> sent{0}, received{0};
    std::vector<std::function<void()>> bodies;
    for (int i = 0; i < 2; ++i) {
      bodies.emplace_back([out = c.writer(), &sent] {
        try {
          for (std::size_t n = 1;; ++n) out.send(n), sent += n;
        } catch (const clotho::channel_poisoned&) {
        }
      });
      bodies.emplace_back([in = c.reader(), &received, i, round] {
        try {
          for (int n = 0;; ++n) {
            if (i == 0 && n == round) in.poison();
            received += in.receive();
          }
        } catch (const clotho::channel_poisoned&) {
        }
      });
    }
    clotho::test::run_together(std::move(bodies));
    CHECK(sent == received);
  }
}
