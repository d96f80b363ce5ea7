// SPDX-License-Identifier: Apache-2.0
#include "algo_team.hpp"

#include "algo_native.hpp"

namespace clotho::bench {
namespace {

// On a busy machine the one waited for may be waiting for this core.
template <class Condition> void spin_until(const Condition& condition) {
  for (unsigned turns = 0; !condition(); ++turns) {
    if (turns % 256 == 255)
      std::this_thread::yield();
    else
      pause_processor();
  }
}

} // namespace

team::team(unsigned threads) : size_(threads) {
  for (unsigned i = 1; i < threads; ++i) others_.emplace_back([this, i] { work(i); });
}

team::~team() {
  ended_.store(true, std::memory_order_relaxed); // read after the job that start() publishes
  start({[](const void*, unsigned) {}, nullptr});
  for (std::thread& other : others_) other.join();
}

void team::wake() {
  awake_.store(true, std::memory_order_relaxed);
  run([](unsigned) {});
}

void team::start(job next) {
  job_ = next;
  jobs_.fetch_add(1, std::memory_order_release); // with the load in wait_for_job
  jobs_.notify_all();
}

unsigned team::wait_for_job(unsigned seen) {
  unsigned now = seen;
  spin_until([&] {
    now = jobs_.load(std::memory_order_acquire); // with the addition in start
    if (now == seen && !awake_.load(std::memory_order_relaxed)) jobs_.wait(seen, std::memory_order_acquire);
    return now != seen;
  });
  return now;
}

void team::work(unsigned thread) {
  for (unsigned seen = 0;;) {
    seen = wait_for_job(seen);
    if (ended_.load(std::memory_order_relaxed)) return;
    job_.call(job_.of, thread);
    barrier();
  }
}

void team::barrier() {
  const unsigned turn = passed_.load(std::memory_order_relaxed);
  // Each sees what those before it wrote, and hands it on.
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
    arrived_.store(0, std::memory_order_relaxed);
    passed_.store(turn + 1, std::memory_order_release); // with the load below
    return;
  }
  spin_until([&] { return passed_.load(std::memory_order_acquire) != turn; }); // with the store above
}

} // namespace clotho::bench
