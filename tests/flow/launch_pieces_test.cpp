// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/flow/detail/launch_pieces.hpp>
#include <clotho/sched/thread_pool.hpp>
#include <support/refusal.hpp>

using namespace clotho;
using clotho::detail::launch_pieces;

namespace {

// Each of one item, which its offset names.
std::vector<nd_range> ones(std::size_t count) {
  std::vector<nd_range> pieces;
  for (std::size_t i = 0; i < count; ++i) pieces.push_back(nd_range(1).offset(i));
  return pieces;
}

void run_all(std::vector<nd_range> pieces, launch_pieces::runner run, thread_pool& pool) {
  launch_pieces::run_all(std::make_shared<launch_pieces>(std::move(pieces), std::move(run)), pool);
}

// Two threads that have no time before it is destroyed.
class busy_pool {
 public:
  busy_pool() {
    for (std::size_t i = 0; i < 2; ++i) threads_.submit([this] {
      begun_.count_down();
      ended_.wait();
    });
    begun_.wait();
  }
  ~busy_pool() { ended_.count_down(); }
  operator thread_pool&() { return threads_; } // NOLINT

 private:
  std::latch begun_{2}, ended_{1};
  thread_pool threads_{2};
};

} // namespace

TEST_CASE("each piece runs once, and all have ended when run_all returns") {
  thread_pool pool(3);
  for (int round = 0; round < 500; ++round) {
    const std::size_t count = 2 + static_cast<std::size_t>(round) % 40;
    std::vector<int> times(count); // not atomic: the sanitizer sees who comes too close
    run_all(ones(count), [&](const nd_range& piece) { ++times[piece.offset()[0]]; }, pool);
    REQUIRE(times == std::vector<int>(count, 1));
  }
}

TEST_CASE("the leader does alone, from the front, what nobody has time for") {
  busy_pool pool;
  std::vector<std::size_t> order;
  const auto note = [&](const nd_range& piece) { order.push_back(piece.offset()[0]); };
  run_all(ones(5), note, pool);
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
  const auto fail = [&](const nd_range& piece) {
    note(piece);
    throw argument_error("piece " + std::to_string(piece.offset()[0]));
  };
  CHECK(test::refusal([&] { run_all(ones(5), fail, pool); }) == "piece 0");
  CHECK(order.size() == 6); // what had not begun has not begun
}

TEST_CASE("a failure of who helps comes out of run_all") {
  thread_pool pool(2);
  for (int round = 0; round < 200; ++round) {
    std::atomic<bool> helped{false};
    const auto work = [&, leader = std::this_thread::get_id()](const nd_range&) {
      while (std::this_thread::get_id() == leader && !helped) std::this_thread::yield();
      if (std::this_thread::get_id() == leader) return;
      helped = true;
      throw argument_error("of who helps");
    };
    REQUIRE(test::refusal([&] { run_all(ones(3), work, pool); }) == "of who helps");
  }
}

TEST_CASE("help that comes when all is done does nothing") {
  busy_pool pool;
  for (int round = 0; round < 100; ++round) { // what is worked on is gone when help comes
    std::vector<int> times(5);
    run_all(ones(5), [&](const nd_range& piece) { ++times[piece.offset()[0]]; }, pool);
    REQUIRE(times == std::vector<int>(5, 1));
  }
}

TEST_CASE("a pool that is closed does not help") {
  thread_pool pool(2);
  pool.close();
  int ran = 0;
  run_all(ones(7), [&](const nd_range&) { ++ran; }, pool);
  CHECK(ran == 7);
}

TEST_CASE("who waits may help, at any time") {
  busy_pool pool;
  std::atomic<bool> helped{false};
  const auto leader = std::this_thread::get_id();
  const auto all = std::make_shared<launch_pieces>(ones(4), [&](const nd_range&) {
    if (std::this_thread::get_id() != leader) helped = true;
    while (!helped) std::this_thread::yield();
  });
  std::thread other([all] {
    while (!all->help()) std::this_thread::yield();
  });
  launch_pieces::run_all(all, pool);
  other.join();
  CHECK(helped);
  CHECK_FALSE(all->help()); // nothing is left
}
